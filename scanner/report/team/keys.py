"""The secrets of all documents as keys with names that people can say: "GitHub key A" on three machines. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, product
from string import ascii_uppercase

from unsprawl.rules.load import layers
from unsprawl.scanner.model import Right, Severity
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.team.documents import Document, Held
from unsprawl.scanner.report.team.model import Key, Life
from unsprawl.scanner.report.team.people import same

_SEVERITIES = list(Severity)
_PLAIN = {"generic-password": "password", "generic-auth-header": "credential in a header"}


class Seen(NamedTuple):
    """A secret in a document."""

    document: Document
    held: Held
    time: str
    """`before`, `now`, or "" for a document between the two."""


def identity(document: Document, held: Held) -> str:
    """What makes two secrets one: the id; of what has none, that it stands where one of its kind stood before."""
    return held.id or f"{same(document.name)}:{held.here}"


def keys_of(seen: Iterable[Seen]) -> dict[str, Key]:
    """Every key by its identity, those that matter most first."""
    groups: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        groups[identity(each.document, each.held)].append(each)
    made = [(identity_, _key(found)) for identity_, found in groups.items()]
    # Of a secret without an id nobody knows what became of it when it left its file.
    made = [(identity_, key) for identity_, key in made if key.comparable or key.now or not key.before]
    made.sort(key=lambda item: (_weight(item[1]), item[0]))
    letters: dict[str, Iterator[str]] = defaultdict(_letters)
    return {identity_: key._replace(label=f"{_owner(key)} {next(letters[_owner(key)])}") for identity_, key in made}


def _owner(key: Key) -> str:
    return f"{key.provider} key" if key.provider else "secret"


def _weight(key: Key) -> tuple[int, int, int, int, str]:
    lives = [Life.LIVE, Life.UNKNOWN, Life.DEAD]
    return (
        not key.now and key.life is Life.DEAD,
        -len(key.now),
        lives.index(key.life),
        _SEVERITIES.index(key.severity),
        key.provider or "~",
    )


def _letters() -> Iterator[str]:
    """A … Z, AA, AB …"""
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))


def _key(found: Sequence[Seen]) -> Key:
    newest = max(found, key=lambda each: each.document.when)
    held = newest.held
    now = [each for each in found if each.time == "now"]
    standing = [each for each in now if not each.held.moved]
    rule = layers()[0].get(held.rule)
    rights, severity = _reach(found)
    return Key(
        label="",
        provider=held.provider,
        what=rule.name if rule is not None else _PLAIN.get(held.rule, "credential"),
        severity=severity or min((each.held.severity for each in found), key=_SEVERITIES.index),
        life=_life(found),
        rights=rights,
        comparable=bool(held.id),
        before=_names(each for each in found if each.time == "before" and not each.held.moved),
        now=_names(standing),
        places=sum(len(each.held.spots) for each in standing),
        needed=_names(each for each in now if each.held.moved and each.held.needed),
        page=rule.rotate_url if rule is not None else "",
    )


def _names(found: Iterable[Seen]) -> tuple[str, ...]:
    return tuple(sorted({each.document.name for each in found}, key=str.casefold))


def _life(found: Sequence[Seen]) -> Life:
    """By what was said last; of two that were said at one time, that it lives."""
    told: list[tuple[str, bool]] = []
    for each in found:
        said = each.held.said
        if said is not None and (said.state.works or said.state.ended):
            told.append((each.document.when, said.state.works))
        elif each.held.ended:
            told.append((each.document.when, False))
    if not told:
        return Life.UNKNOWN
    return Life.LIVE if max(told)[1] else Life.DEAD


def _reach(found: Sequence[Seen]) -> tuple[tuple[Right, ...], Severity | None]:
    """The rights and the severity that a vendor's last answer comes to."""
    told = [(each.document.when, each.held.said) for each in found if each.held.said is not None]
    told = [each for each in told if each[1].rights or each[1].severity is not None]
    if not told:
        return (), None
    said = max(told, key=lambda each: each[0])[1]
    return said.rights, said.severity
