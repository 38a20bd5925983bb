"""The one bridge that is known, and which address it calls. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.rules.bundle import BRIDGE
from unsprawl.scanner.packages import started
from unsprawl.scanner.parts import host_of
from unsprawl.scanner.remotes.facts import started_as

_HEADER: str = BRIDGE["header"][0]


def is_known_bridge(argv: Sequence[str]) -> bool:
    """Whether a command starts the one bridge that is known, as it is published: nothing called nearly so, and nothing
    that is handed its name."""
    return started_as(tuple(argv)) == ("npm", BRIDGE["package"])


def bridge_address(argv: Sequence[str]) -> str:
    """The address that the bridge of a command calls, "" where that is not sure.

    It is the first word behind the bridge's own name that belongs to no header, and no other: an address before it, or
    in a header, is called by nobody, and would be taken for the server's.
    """
    words = list(started(tuple(argv)))
    names = [at for at, word in enumerate(words) if word.partition("@")[0] == BRIDGE["package"]]
    rest = words[names[0] + 1 :] if names else []
    while len(rest) > 1 and rest[0] == _HEADER:
        rest = rest[2:]
    return rest[0] if rest and host_of(rest[0]) else ""
