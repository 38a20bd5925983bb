"""What is worth knowing about a file that is not a literal secret in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache

from unsprawl.scanner.approach import is_bridge_header
from unsprawl.scanner.entry_parts import ENV_FILE_KEYS
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.hosts import ReferenceWay, host, hosts
from unsprawl.scanner.model import Entry, Severity
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.servers import MISPLACED, word_of


class Caution(NamedTuple):
    """Something worth knowing that is not a literal secret."""

    code: str
    path: str
    line: int
    pointer: str
    hosts: tuple[str, ...]
    entry: str | None
    message: str
    fingerprint: str
    """Of the place, like a finding's."""
    severity: Severity | None = None
    """Of what a policy forbids, which makes a run fail; None for what is only worth knowing."""


def file_warnings(examined: Examined) -> Iterator[Caution]:
    """References that a host sends as they stand, environment files that are not there, files that everybody reads."""
    if not examined.file.copy:  # nobody sends what stands in a copy
        # A value and its parts are judged, so a reference may come twice.
        yield from dict.fromkeys(_dead_references(examined))
    for target in examined.missing:
        yield _warning(
            examined, target.entry, target.key_path, "missing-env-file", target.entry.hosts,
            "the environment file that it names was not found, so nobody looked into it",
        )  # fmt: skip
    if examined.findings and not examined.file.shared and _everybody_reads(examined.file.path):
        yield Caution(
            "world-readable", examined.file.path, 1, "", examined.file.hosts, None,
            "every user of this machine may read this file", fingerprint("world-readable", examined.name, ""),
        )  # fmt: skip


def _dead_references(examined: Examined) -> Iterator[Caution]:
    for found in examined.entries:
        if MISPLACED in found.entry.marks:
            continue  # no host reads it, so nobody sends it anywhere
        known = [(host_id, ways) for host_id in found.entry.owners if (ways := _ways(examined, host_id)) is not None]
        for slot, _ in found.references:
            if not _PATHS.isdisjoint(map(str, slot.key_path[len(found.entry.key_path) :])):
                continue
            if is_bridge_header(found.entry.command, word_of(slot.key_path)):
                continue
            group = slot.context.kind.group
            for dialect, _, _, _ in references(slot.text.reveal()):
                dead = [host_id for host_id, ways in known if not any(_expands(way, dialect, group) for way in ways)]
                if dead and dialect in _dialects_of_hosts():
                    yield _warning(
                        examined, found.entry, slot.key_path, "dead-reference", tuple(dead),
                        "the host does not expand this kind of reference: it is sent to the server as it stands",
                    )  # fmt: skip


def _ways(examined: Examined, host_id: str) -> tuple[ReferenceWay, ...] | None:
    """What the host expands in this file; None where nobody knows, which is no reason to warn."""
    pattern = next(reading.pattern for reading in examined.file.readings if reading.host == host_id)
    return host(host_id).ways(pattern)


def _expands(way: ReferenceWay, dialect: str, group: str) -> bool:
    return dialect in way.reads and (group in way.slots or group not in _TRIED)


_PATHS = frozenset(("cwd", *ENV_FILE_KEYS))
"""Keys of an entry whose value is a path for the host: nothing of it is sent to the server."""
_TRIED = frozenset({"env", "header", "arg", "url"})
"""The slots of which the rules say whether a host expands references in them."""


def _everybody_reads(path: str) -> bool:
    """Whether the file's mode lets everybody read it, and each folder above lets everybody through."""
    if os.name != "posix":
        return False
    path = os.path.realpath(path)
    try:
        if not os.stat(path).st_mode & 0o004:
            return False
        while path != (path := os.path.dirname(path)):
            if not os.stat(path).st_mode & 0o001:
                return False
    except OSError:
        return False
    return True


@cache
def _dialects_of_hosts() -> frozenset[str]:
    """What some host expands at all; other references (`op://…`) are resolved by what the entry starts."""
    return frozenset(dialect for each in hosts() for way in each.references for dialect in way.reads)


def _warning(
    examined: Examined, entry: Entry, path: Sequence[str | int], code: str, at_hosts: tuple[str, ...], text: str
) -> Caution:
    node = examined.document.at(tuple(path))
    line = examined.document.lines.position(node.span.start)[0] if node else entry.line
    where = pointer(tuple(path))
    name = fingerprint(code, examined.name, where)
    return Caution(code, examined.file.path, line, where, at_hosts, entry.name, text, name)


def fingerprint(code: str, file: str, where: str) -> str:
    """The name of a place, as `examine.fingerprint` gives one to a finding; `file` comes from `sources.naming`."""
    from hashlib import sha256

    return sha256("\0".join((code, file, where)).encode("utf-8", "surrogatepass")).hexdigest()[:24]
