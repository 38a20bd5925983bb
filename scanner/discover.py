"""Which files can hold server entries: by a host's known places, and by name anywhere in a tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from unsprawl.rules.bundle import ENTRIES, WALK
from unsprawl.scanner.copies import Originals, without_marks
from unsprawl.scanner.document_kinds import KINDS, DocumentKind, kind_by_ending, kind_by_name
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.patterns import (
    bases,
    existing,
    fits,
    folder_names,
    is_fixed,
    is_in_place,
    may_fit,
    patterns,
    plain_names,
    starred_endings,
)
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.hosts import Host


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
    copy: bool = False
    """Its name, or that of a folder above it, says that it is a copy of what the host reads."""
    guessed: bool = False
    """Nobody knows that `servers` are there: only what clearly looks like an entry is one."""


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
    def copy(self) -> bool:
        """Whether it is a copy of a host's file, which no host reads."""
        return all(reading.copy for reading in self.readings)

    @property
    def document(self) -> DocumentKind | None:
        """The kind of document that it is; None for configuration."""
        return KINDS.get(self.format)

    @property
    def shared(self) -> bool:
        """Whether it lies in a project, where others may get it through git."""
        return any(reading.scope == "project" for reading in self.readings) and not any(
            reading.scope == "user" and (reading.in_place or reading.copy) and not reading.also
            for reading in self.readings
        )

    @property
    def telling(self) -> bool:
        """Whether its name says that it is about servers."""
        return is_telling(os.path.basename(self.path).lower())

    @property
    def sniffed(self) -> bool:
        """Whether only how it begins made it one of its format: its name tells neither a host nor a type."""
        guessed = all(reading.guessed for reading in self.readings)
        return guessed and not self.telling and format_of(os.path.basename(self.path)) is None

    def concerns(self, content: bytes) -> bool:
        """Whether the text speaks of servers, where the name alone is no proof (NULs: it may be UTF-16)."""
        if any(reading.host and not reading.when for reading in self.readings):
            return True
        if self.telling:
            return True
        if self.document is not None:
            return self.document.concerns(content)
        text = content.replace(b"\0", b"").lower()
        return any(
            reading.when.encode() in text if reading.when else speaks_of_mcp(content) for reading in self.readings
        )


GENERIC_SERVERS: tuple[KeyPath, ...] = tuple(tuple(wrapper["path"]) for wrapper in ENTRIES["wrappers"])
"""Where entries may be in a file that no host is known to read."""
FORMATS: dict[str, str] = {end: item["format"] for item in WALK["search"]["types"] for end in item["endings"]}
"""The formats of files by the ending of their names."""
_MARKS: tuple[bytes, ...] = tuple(mark.encode("ascii") for mark in WALK["search"]["marks"])

TELLING: tuple[str, ...] = tuple(WALK["search"]["names"])
"""Parts of names, in lower case, that say that a file is about servers."""


def is_telling(lower: str) -> bool:
    """Whether the name of a file, in lower case, says that it is about servers."""
    for part in TELLING:  # noqa: SIM110, a generator takes longer than all that is done here
        if part in lower:
            return True
    return False


def speaks_of_mcp(content: bytes) -> bool:
    """Whether a mark is in the content, whatever encoding it has."""
    if b"\0" in content[:64]:  # UTF-16, UTF-32
        content = content.replace(b"\0", b"")
    return any(mark in content for mark in _MARKS)


def readings(path: str, around: Surroundings, like: str = "") -> tuple[Reading, ...]:
    """All hosts that read the file at `path` (absolute), judged by its path alone; or that read `like`, of which it is
    a copy.
    """
    parts = around.comparable(like or path).split("/")
    found: dict[tuple[str, tuple[KeyPath, ...]], tuple[int, Reading]] = {}
    alone: set[str] = set()
    for pattern in may_fit(parts, around.folds_case):
        if pattern.steps and not fits(pattern.steps, parts):
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
            used = (in_place or project) and not like
            found[key] = rank, Reading(
                pattern.host, file.format, file.servers, file.scope, used, file.pattern,
                file.also, file.strings, file.when, bool(like),
            )  # fmt: skip
    # What somebody really reads there is no copy of what another reads elsewhere, nor a project's of a second reader.
    best = min((rank for rank, _ in found.values()), default=0)
    return tuple(
        reading
        for rank, reading in found.values()
        if (rank < 2 or best == 2) and (rank == best or not reading.also) and (not alone or reading.host in alone)
    )


@cache
def original_files(folded: bool) -> Originals:
    """Tells copies of files with names that hosts read."""
    return Originals(plain_names(folded))


@cache
def original_folders(folded: bool) -> Originals:
    """Tells copies of folders that hosts keep their files in."""
    return Originals(folder_names(folded))


def original_name(name: str, folded: bool) -> str | None:
    """The name that a host reads of which the file `name` is a copy; None where it is none."""
    found = original_files(folded).of(name)
    if found is None and (plain := without_marks(name, starred_endings(folded))) not in (None, name.lower()):
        return plain
    return found


def original_path(path: str, around: Surroundings) -> str | None:
    """The path of which the one at `path` is a copy, by its own name or by that of a folder above."""
    folded = around.folds_case
    *folders, name = around.comparable(path).split("/")
    known = original_folders(folded)
    changed = [*((known.of(folder) or folder) for folder in folders), original_name(name, folded) or name]
    return "/".join(changed) if changed != [*folders, name] else None


def known_file(path: str, around: Surroundings, like: str = "") -> ConfigFile | None:
    """The file at `path` with the hosts that read it, or of whose file it is a copy; None for any other."""
    found = readings(path, around, like)
    return ConfigFile(path, found) if found else None


def generic_file(path: str, format_id: str, *, guessed: bool = False) -> ConfigFile:
    """A file that no host is known to read, with entries wherever they may be. `guessed`: nobody says it has any."""
    return ConfigFile(path, (Reading("", format_id, GENERIC_SERVERS, "project", True, guessed=guessed),))


def document_file(path: str, kind: DocumentKind) -> ConfigFile:
    """A file that is no configuration: see `scanner.documents`."""
    return ConfigFile(path, (Reading("", kind.id, (), "project", True),))


def format_of(name: str) -> str | None:
    """The format that the ending of a name tells, also for the name of a copy."""
    plain = without_marks(name, FORMATS)
    return None if plain is None else FORMATS[os.path.splitext(plain)[1]]


def named(path: str, around: Surroundings) -> ConfigFile | None:
    """A file that the user named: as its host's, as a document, or with entries wherever they may be; None for another
    type.
    """
    known = known_file(path, around)
    if known is None and (like := original_path(path, around)) is not None:
        known = known_file(path, around, like)
    if known is not None and not all(reading.when for reading in known.readings):
        return known
    name = os.path.basename(path)
    kind = kind_by_name(name) if known is None else None
    format_id = known.format if known is not None else format_of(name)
    if kind is None and format_id is None:
        kind = kind_by_ending(name)
    if kind is not None:
        return document_file(path, kind)
    if format_id is None:
        return None
    generic = generic_file(path, format_id)
    return generic if known is None else ConfigFile(path, (*known.readings, *generic.readings))


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
                    found = known_file(path, around)
                    if found is not None:
                        yield found


def host_copies(around: Surroundings) -> Iterator[ConfigFile]:
    """Copies that lie beside the user's own host files, and in the folders where hosts put some."""
    folded = around.folds_case
    folders: dict[str, None] = {}
    for pattern in patterns(False):
        if pattern.anchor and pattern.file.scope == "user" and pattern.steps and "**" not in pattern.steps:
            for base in bases(pattern, around)[:1]:
                folders |= dict.fromkeys(existing(base, pattern.steps[:-1]))
    for item in WALK["backups"]:
        folders |= dict.fromkeys(existing(around.home, tuple(item["path"].split("/"))))
    for folder in folders:
        try:
            names = sorted(os.listdir(folder))
        except OSError:  # no file of its own could be read either, which is told
            continue
        for name in names:
            original = original_name(name.lower() if folded else name, folded)
            if original is not None:
                path = os.path.join(folder, name)
                found = known_file(path, around, os.path.join(folder, original))
                if found is not None and os.path.isfile(path):
                    yield found
