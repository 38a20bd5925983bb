"""The headers of an entry that are no credential: they are sent on when a login takes the place of the key. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from unsprawl.rewriters.launch import entry_headers
from unsprawl.rewriters.targets.bridge import PLAIN
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.rules.bundle import BRIDGE
from unsprawl.scanner.approach import is_bridge
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.record import NamedTuple

_FLAG = BRIDGE["header"][0]


class Headers(NamedTuple):
    """What can be written elsewhere as it stands, and the names of the rest."""

    kept: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]


def harmless_headers(situation: Situation) -> Headers:
    """Of an entry that is called, or that starts a bridge."""
    secrets = [finding.secret.reveal() for finding in situation.found.findings]
    kept: dict[str, str] = {}
    dropped: dict[str, None] = {}
    for name, text in _written(situation):
        if secrecy(name) in (Secrecy.STRONG, Secrecy.WEAK) or any(each in text for each in secrets):
            continue
        if PLAIN.issuperset(text) and not situation.expands(text):
            kept[name] = text
        else:
            dropped[name] = None
    return Headers(tuple(kept.items()), tuple(dropped))


def _written(situation: Situation) -> Iterator[tuple[str, str]]:
    command = situation.found.entry.command
    if not any(command):
        yield from entry_headers(situation.found, situation.hosts).items()
    elif is_bridge(command):
        for flag, word in pairwise(command):
            name, colon, text = word.partition(":")
            if flag == _FLAG and colon:
                yield name.strip(), text.strip()
