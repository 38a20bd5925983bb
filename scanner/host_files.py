"""Where the known hosts keep their entries: every file pattern of the rules, as a typed record."""

from __future__ import annotations

from functools import cache

from unsprawl.rules.bundle import HOSTS
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.record import NamedTuple


class HostFile(NamedTuple):
    """One place where a host keeps entries. `pattern` is spelled as `rules/hosts.yaml` explains."""

    pattern: str
    scope: str
    systems: tuple[str, ...]
    servers: tuple[KeyPath, ...]
    comments: bool | None
    """Whether the host reads this file with comments in it; None where nobody tried."""
    live: bool
    """The running host rewrites it."""
    alone: bool
    """Where this pattern fits, project patterns of other hosts do not apply."""
    format: str
    also: bool
    """The file is another host's; this one reads it as well."""
    strings: bool
    """An entry may be a plain string."""
    when: str
    """Others have files of this name too: looked at only when this word is in the text; "" for always."""


class FilePattern(NamedTuple):
    """One file of the rules with its pattern taken apart."""

    host: str
    anchor: str
    """`~`, `$NAME`, `%NAME%`, `<folder>`, `/`, `C:`, or "" for a project."""
    steps: tuple[str, ...]
    """The names below the anchor, with `*` for anything in a name and `**` for any number of folders."""
    file: HostFile


@cache
def file_patterns() -> tuple[FilePattern, ...]:
    """The files of all hosts, in the order of the rules."""
    return tuple(
        FilePattern(host_id, anchor, steps, HostFile._make(file)) for host_id, anchor, steps, file in HOSTS["files"]
    )
