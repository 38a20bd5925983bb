"""A remote entry keeps its address, and its host asks `unsprawl run --headers REF` for the headers that hold a key."""

from __future__ import annotations

from collections.abc import Iterable
from shlex import join
from typing import NamedTuple

from unsprawl.broker.fill import has_places, value_place
from unsprawl.rewriters.operations import Insert, Operation, Remove
from unsprawl.rewriters.plan import Keep
from unsprawl.rewriters.targets.handover import without_empty
from unsprawl.rewriters.targets.situation import Situation, derived_name
from unsprawl.scanner.entry_parts import URL_KEYS, body_at
from unsprawl.scanner.formats.node import Path
from unsprawl.scanner.hosts import HeaderHelper, host
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.parts import scheme_of
from unsprawl.scanner.secret import Secret


class Helped(NamedTuple):
    """What lets the host ask for the headers."""

    way: HeaderHelper
    path: Path
    """The object that holds the address."""
    operations: list[Operation]
    """All but the command itself."""
    keeps: list[Keep]
    headers: list[tuple[str, str]]
    """(header, its text with places)."""
    address: str

    def ask(self, words: Iterable[str]) -> Operation:
        """The operation that writes the command into the entry."""
        return Insert((*self.path, self.way.key), join(words))

    def told(self, name: str) -> tuple[tuple[str, str], ...]:
        """What the host says when it asks for the headers of this entry."""
        return (self.way.address, self.address), (self.way.name, name)


def helped(situation: Situation) -> Helped | None:
    """How the keys leave the entry; None where its hosts cannot ask for headers there, or nobody knows that they do.

    Only in the user's own file: hosts start no command of a project without asking first.
    """
    way = _way(situation)
    steps, holder = body_at(situation.found.server.node)
    path = (*situation.found.entry.key_path, *steps)
    if way is None or steps or holder.get(way.key) is not None:
        return None
    addresses = [text for key in URL_KEYS if (found := holder.get(key)) is not None and (text := found.text())]
    expanded = [text for text in (*addresses, situation.found.entry.name) if situation.expands(text)]
    if len(addresses) != 1 or scheme_of(addresses[0]) not in ("http", "https") or expanded:
        return None
    made = Helped(way, path, [], [], [], addresses[0])
    return made if _moved(situation, made) else None


def _way(situation: Situation) -> HeaderHelper | None:
    """The one way of all hosts that the entry is meant for."""
    ways = {owner.remote.helper if owner.remote is not None else None for owner in situation.hosts}
    way = ways.pop() if len(ways) == 1 else None
    inside = way is not None and situation.found.entry.key_path[:-1] in way.servers
    # A POSIX shell takes the text apart, and the host itself must find nothing to expand in it.
    posix = situation.installed.path.startswith("/") and not situation.expands(situation.installed.path)
    return way if way is not None and way.proven and inside and posix and not situation.shared else None


def _moved(situation: Situation, made: Helped) -> bool:
    """Whether every key of the entry is in a header that the host sends, and can leave it."""
    keys = {tuple(owner.remote.headers.split(".")) for owner in situation.hosts if owner.remote is not None}
    by_path: dict[Path, list[Finding]] = {}
    for finding in situation.found.findings:
        path, text = finding.slot.key_path, situation.whole(finding)
        here = finding.slot.context.kind is SlotKind.HEADER and path[len(made.path) : -1] in keys
        if not here or situation.expands(text) or has_places([text]):
            return False
        by_path.setdefault(path, []).append(finding)
    for path, findings in by_path.items():
        text = whole = situation.whole(findings[0])
        for finding in sorted(findings, key=situation.covers, reverse=True):
            start, end = situation.covers(finding)
            value = Secret(whole[start:end])
            name = situation.names.claim(derived_name(finding, situation.found.entry.name), value)
            text = text[:start] + value_place(name) + text[end:]
            if not any(keep.name == name for keep in made.keeps):
                made.keeps.append(Keep("vault", name, value))
        made.headers.append((str(path[-1]), text))
        made.operations.append(Remove(path))
    made.operations[:] = without_empty(situation, made.operations)
    return True


def unaware(situation: Situation, way: HeaderHelper) -> list[str]:
    """Names of hosts that read the file as well and would not ask for the headers."""
    others = [host(host_id) for host_id in situation.found.entry.also]
    return [other.name for other in others if other.remote is None or other.remote.helper != way]
