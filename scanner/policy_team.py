"""What a policy says of a team: who is in it, which hosts they use, where the keys of which server go. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from unsprawl.scanner.record import NamedTuple

MOST_MEMBERS = 1000
MEMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,30}[A-Za-z0-9])?", re.ASCII)
"""What a team or a member may be called: reports and names of files hold it, so it is short and plain."""
PLAIN = "letters, digits, and . _ - between them, 32 at most"
"""The same in words."""

STANDS = {"referenced": ("reference",), "vaulted": ("run", "run-argv"), "wired": ("wire",), "env-file": ("env-file",)}
"""Marks of an entry whose key is elsewhere, each with the targets that leave it so, the usual one first."""


class Team(NamedTuple):
    """Who shares the policy."""

    name: str
    members: tuple[str, ...]
    """How people call themselves in what they hand in, as written."""
    line: int


class InUse(NamedTuple):
    """The hosts that are used."""

    ids: frozenset[str]
    line: int


class Moved(NamedTuple):
    """Where the keys of one entry, or of a provider, go."""

    name: str
    """Of the entry, as written; of the provider, folded."""
    target: str
    line: int


class Wish(NamedTuple):
    """The target that policies name for one entry; several contradict each other, and nothing is allowed then."""

    targets: tuple[str, ...]
    by: str
    """Which policies, with their lines, for people."""


class Moves(NamedTuple):
    """Where keys go, by entry and by provider."""

    entries: tuple[Moved, ...] = ()
    providers: tuple[Moved, ...] = ()

    def of(self, entry: str, providers: Collection[str]) -> tuple[Moved, ...]:
        """What is said of an entry of that name with keys of these providers (folded): one target, or several that
        contradict each other. What is said of the entry counts before what is said of its providers.
        """
        named = [each for each in self.entries if each.name == entry]
        said = named or [each for each in self.providers if each.name in providers]
        return tuple({each.target: each for each in reversed(said)}.values())[::-1]
