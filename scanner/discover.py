"""Which files can hold server entries: by a host's known places, and by name anywhere in a tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.patterns import bases, existing, fits, is_in_place, may_fit, patterns
from unsprawl.scanner.surroundings import Surroundings


class Reading(NamedTuple):
    """That one host reads a file, and how."""

    host: str
    format: str
    servers: tuple[KeyPath, ...]
    scope: str
    in_place: bool
    """False for a file that only looks like the host's: a copy of a home, a backup folder."""


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
            reading.scope == "user" and reading.in_place for reading in self.readings
        )


GENERIC_SERVERS: tuple[KeyPath, ...] = (
    ("mcpServers",),
    ("mcp_servers",),
    ("servers",),
    ("mcp", "servers"),
    ("mcp.servers",),
    ("mcp",),
    ("context_servers",),
    ("projects", "*", "mcpServers"),
)
"""Where entries may be in a file that no host is known to read; tried only for files that the user names."""
_COPIES = (".bak", ".backup", ".old", ".orig", ".example", ".sample", ".template", ".dist", "~")
"""What people hang on the name of a copy."""
_FORMATS = {".json": "json", ".jsonc": "json", ".json5": "json", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}


def readings(path: str, around: Surroundings) -> tuple[Reading, ...]:
    """All hosts that read the file at `path` (absolute), judged by its path alone."""
    parts = around.comparable(path).split("/")
    found: dict[tuple[str, tuple[KeyPath, ...]], tuple[int, Reading]] = {}
    alone: set[str] = set()
    for pattern in may_fit(parts[-1], around.folds_case):
        host, file = pattern.host, pattern.file
        in_place = is_in_place(pattern, parts, around)
        # A folder named by a variable may be called anything: `config.toml` alone would fit half the world.
        if not in_place and (pattern.fixed or not fits(pattern.steps, parts)):
            continue
        if file.alone:
            alone.add(host.id)
        project = file.scope == "project"
        # The user's own file may look like a project's, and a project's like a copy of the user's.
        rank = 0 if in_place else 1 if project else 2
        key = (host.id, file.servers)
        if key not in found or rank < found[key][0]:
            found[key] = rank, Reading(host.id, host.format, file.servers, file.scope, in_place or project)
    return tuple(reading for _, reading in found.values() if not alone or reading.host in alone)


def named(path: str, around: Surroundings) -> ConfigFile | None:
    """A file that the user named: as its host's, or with entries wherever they may be; None for another type."""
    known = readings(path, around)
    if known:
        return ConfigFile(path, known)
    lower = path.lower()
    for copy in _COPIES:
        lower = lower.removesuffix(copy)
    format_id = _FORMATS.get(os.path.splitext(lower)[1])
    if format_id is None:
        return None
    return ConfigFile(path, (Reading("", format_id, GENERIC_SERVERS, "project", True),))


def host_files(around: Surroundings, chosen: Iterable[Host] | None = None) -> Iterator[ConfigFile]:
    """The user's and the system's own host files that exist, each once."""
    wanted = None if chosen is None else {host.id for host in chosen}
    seen: set[str] = set()
    for pattern in patterns(False):
        if wanted is not None and pattern.host.id not in wanted:
            continue
        for base in bases(pattern, around)[:1]:
            for path in existing(base, pattern.steps):
                if path not in seen:
                    seen.add(path)
                    found = readings(path, around)
                    if found:
                        yield ConfigFile(path, found)
