"""Which files can hold server entries: by a host's known places, and by name anywhere in a tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.hosts import Host, HostFile, hosts
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
        return tuple(dict.fromkeys(reading.host for reading in self.readings))

    @property
    def shared(self) -> bool:
        """Whether it lies in a project, where others may get it through git."""
        return any(reading.scope == "project" for reading in self.readings) and not any(
            reading.scope == "user" and reading.in_place for reading in self.readings
        )


class _Pattern(NamedTuple):
    host: Host
    file: HostFile
    anchor: str
    """`~`, `$NAME`, `%NAME%`, `/` or "" for a project."""
    steps: tuple[str, ...]


GENERIC_SERVERS: tuple[KeyPath, ...] = (("mcpServers",), ("mcp_servers",), ("servers",), ("mcp", "servers"), ("mcp",))
"""Where entries may be in a file that no host is known to read; tried only for files that the user names."""


@cache
def _patterns() -> tuple[_Pattern, ...]:
    found = []
    for host in hosts():
        for file in host.files:
            first, *rest = file.pattern.split("/")
            if first == "~" or first[:1] in ("$", "%"):
                found.append(_Pattern(host, file, first, tuple(rest)))
            elif first == "" or first.endswith(":"):
                found.append(_Pattern(host, file, "/", (first, *rest)))
            else:
                found.append(_Pattern(host, file, "", (first, *rest)))
    return tuple(found)


@cache
def _by_name() -> tuple[dict[str, tuple[_Pattern, ...]], tuple[tuple[str, _Pattern], ...]]:
    """Patterns by the plain file name they end in, and those whose file name has a `*`."""
    plain: dict[str, tuple[_Pattern, ...]] = {}
    starred = []
    for pattern in _patterns():
        name = pattern.steps[-1] if pattern.steps else ""
        if "*" in name:
            starred.append((name, pattern))
        elif name:
            plain[name] = (*plain.get(name, ()), pattern)
    return plain, tuple(starred)


def _fits(steps: tuple[str, ...], parts: list[str]) -> bool:
    """Whether the last components of a path are `steps`, with `*` in a component and `**` for any number of them."""
    if "**" not in steps:
        return len(parts) >= len(steps) and all(
            step == part or ("*" in step and fnmatchcase(part, step))
            for step, part in zip(reversed(steps), reversed(parts), strict=False)
        )
    cut = steps.index("**")
    head, tail = steps[:cut], steps[cut + 1 :]
    if not _fits(tail, parts):
        return False
    above = parts[: len(parts) - len(tail)]
    return any(_fits(head, above[:end]) for end in range(len(head), len(above) + 1))


def _expanded(pattern: _Pattern, around: Surroundings) -> str | None:
    """The one real path (perhaps with `*`) of a pattern that is not a project's, or None when it has none here."""
    if pattern.file.systems and around.system not in pattern.file.systems:
        return None
    if pattern.anchor == "~":
        return "/".join((around.home, *pattern.steps))
    if pattern.anchor == "/":
        return "/".join(pattern.steps)
    folder = around.folder(pattern.anchor.strip("$%"))
    return None if folder is None else "/".join((folder, *pattern.steps))


@cache
def candidate_names() -> tuple[frozenset[str], tuple[str, ...]]:
    """The cheap first look of a walk: file names, and endings of file names, that a host may read.

    Endings serve the patterns whose name starts with `*`. `readings` has the last word.
    """
    plain, starred = _by_name()
    return frozenset(plain), tuple(star.rpartition("*")[2] for star, _ in starred)


def readings(path: str, around: Surroundings) -> tuple[Reading, ...]:
    """All hosts that read the file at `path` (absolute), judged by its path alone."""
    parts = path.replace("\\", "/").split("/")
    plain, starred = _by_name()
    name = parts[-1]
    fitting = [*plain.get(name, ()), *(pattern for star, pattern in starred if fnmatchcase(name, star))]
    fitting += [p for p in _patterns() if not p.steps and _expanded(p, around) == path]
    found: dict[tuple[str, tuple[KeyPath, ...]], Reading] = {}
    alone = False
    for pattern in fitting:
        here = _expanded(pattern, around) if pattern.anchor else None
        in_place = here is not None and _same(here, parts)
        # A folder named by a variable may be called anything: `config.toml` alone would fit half the world.
        fits_elsewhere = pattern.anchor[:1] not in ("$", "/") and _fits(pattern.steps, parts)
        if not in_place and not fits_elsewhere:
            continue
        alone = alone or pattern.file.alone
        key = (pattern.host.id, pattern.file.servers)
        reading = Reading(
            pattern.host.id,
            pattern.host.format,
            pattern.file.servers,
            pattern.file.scope,
            in_place or pattern.file.scope == "project",
        )
        if key not in found or (pattern.file.scope == "user" and in_place):
            found[key] = reading
    if alone:
        own = {p.host.id for p in fitting if p.file.alone}
        found = {key: reading for key, reading in found.items() if key[0] in own}
    return tuple(found.values())


def _same(expanded: str, parts: list[str]) -> bool:
    steps = tuple(expanded.replace("\\", "/").split("/"))
    return (len(steps) == len(parts) or "**" in steps) and _fits(steps, parts)


def named(path: str, around: Surroundings) -> ConfigFile | None:
    """A file that the user named: as its host's, or with entries wherever they may be; None when its type holds none."""
    known = readings(path, around)
    if known:
        return ConfigFile(path, known)
    lower = path.lower()
    for endings, format_id in (((".json", ".jsonc", ".json5"), "json"), ((".toml",), "toml")):
        if lower.endswith(endings):
            return ConfigFile(path, (Reading("", format_id, GENERIC_SERVERS, "project", True),))
    return None


def host_files(around: Surroundings, chosen: Iterable[Host] | None = None) -> Iterator[ConfigFile]:
    """The user's and the system's own host files that exist, each once."""
    from glob import glob

    wanted = None if chosen is None else {host.id for host in chosen}
    seen: set[str] = set()
    for pattern in _patterns():
        if not pattern.anchor or (wanted is not None and pattern.host.id not in wanted):
            continue
        expanded = _expanded(pattern, around)
        if expanded is None:
            continue
        paths = glob(expanded, recursive=True, include_hidden=True) if "*" in expanded else [expanded]
        for path in paths:
            if path not in seen and os.path.lexists(path):
                seen.add(path)
                found = readings(path, around)
                if found:
                    yield ConfigFile(path, found)
