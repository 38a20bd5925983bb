"""Which files can hold server entries: by a host's known places, and by name anywhere in a tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from unsprawl.rules.bundle import ENTRIES
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.patterns import bases, existing, fits, is_fixed, is_in_place, may_fit, patterns
from unsprawl.scanner.surroundings import Surroundings


class Reading(NamedTuple):
    """That one host reads a file, and how."""

    host: str
    format: str
    servers: tuple[KeyPath, ...]
    scope: str
    in_place: bool
    """False for a file that only looks like the host's: a copy of a home, a backup folder."""
    pattern: str = ""
    """The path of the rules that fits."""
    also: bool = False
    """The file is another host's; this one reads it as well."""
    strings: bool = False
    """An entry may be a plain string."""
    when: str = ""
    """The word that must be in the text for the host to be concerned, where the file's name alone says too little."""


class ConfigFile(NamedTuple):
    """A file that can hold entries, with all hosts that read it."""

    path: str
    readings: tuple[Reading, ...]

    @property
    def format(self) -> str:
        return self.readings[0].format

    @property
    def hosts(self) -> tuple[str, ...]:
        """All hosts that read it; none for a file that only its name's ending made a candidate."""
        return tuple(dict.fromkeys(reading.host for reading in self.readings if reading.host))

    @property
    def shared(self) -> bool:
        """Whether it lies in a project, where others may get it through git."""
        return any(reading.scope == "project" for reading in self.readings) and not any(
            reading.scope == "user" and reading.in_place and not reading.also for reading in self.readings
        )

    def concerns(self, content: bytes) -> bool:
        """Whether the text speaks of servers, where the name alone is no proof (NULs: it may be UTF-16)."""
        if any(reading.host and not reading.when for reading in self.readings):
            return True
        text = content.replace(b"\0", b"").lower()
        return any((reading.when or "mcp").encode() in text for reading in self.readings)


GENERIC_SERVERS: tuple[KeyPath, ...] = tuple(tuple(wrapper["path"]) for wrapper in ENTRIES["wrappers"])
"""Where entries may be in a file that no host is known to read; tried only for files that the user names."""
_COPIES = (".bak", ".backup", ".old", ".orig", ".example", ".sample", ".template", ".dist", "~")
"""What people hang on the name of a copy."""
_FORMATS = {".json": "json", ".jsonc": "json", ".json5": "json", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}


def readings(path: str, around: Surroundings) -> tuple[Reading, ...]:
    """All hosts that read the file at `path` (absolute), judged by its path alone."""
    parts = around.comparable(path).split("/")
    found: dict[tuple[str, tuple[KeyPath, ...]], tuple[int, Reading]] = {}
    alone: set[str] = set()
    for pattern in may_fit(parts, around.folds_case):
        if not fits(pattern.steps, parts):
            continue
        file = pattern.file
        in_place = is_in_place(pattern, parts, around)
        # A folder named by a variable may be called anything: `config.toml` alone would fit half the world.
        if not in_place and is_fixed(pattern):
            continue
        if file.alone:
            alone.add(pattern.host)
        project = file.scope == "project"
        # The user's own file may look like a project's, and a project's like a copy of the user's.
        rank = 0 if in_place else 1 if project else 2
        key = (pattern.host, file.servers)
        if key not in found or rank < found[key][0]:
            found[key] = rank, Reading(
                pattern.host, file.format, file.servers, file.scope, in_place or project, file.pattern,
                file.also, file.strings, file.when,
            )  # fmt: skip
    # What somebody really reads there is no copy of what another reads elsewhere, nor a project's of a second reader.
    best = min((rank for rank, _ in found.values()), default=0)
    return tuple(
        reading
        for rank, reading in found.values()
        if (rank < 2 or best == 2) and (rank == best or not reading.also) and (not alone or reading.host in alone)
    )


def named(path: str, around: Surroundings) -> ConfigFile | None:
    """A file that the user named: as its host's, or with entries wherever they may be; None for another type."""
    known = readings(path, around)
    if known and not all(reading.when for reading in known):
        return ConfigFile(path, known)
    lower = path.lower()
    for copy in _COPIES:
        lower = lower.removesuffix(copy)
    format_id = known[0].format if known else _FORMATS.get(os.path.splitext(lower)[1])
    if format_id is None:
        return None
    return ConfigFile(path, (*known, Reading("", format_id, GENERIC_SERVERS, "project", True)))


def host_files(around: Surroundings, chosen: Iterable[Host] | None = None) -> Iterator[ConfigFile]:
    """The user's and the system's own host files that exist, each once."""
    wanted = None if chosen is None else {host.id for host in chosen}
    seen: set[str] = set()
    for pattern in patterns(False):
        if wanted is not None and pattern.host not in wanted:
            continue
        for base in bases(pattern, around._replace(real_home="")):
            for path in existing(base, pattern.steps):
                if path not in seen:
                    seen.add(path)
                    found = readings(path, around)
                    if found:
                        yield ConfigFile(path, found)
