"""All that can be said of how one entry gets its key: what it is worth, what would be better, what would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from types import MappingProxyType

from unsprawl.scanner.approach import Approach, is_bridge
from unsprawl.scanner.approach_scores import Score, scores
from unsprawl.scanner.approach_tree import OAUTH, Advice, Case, decide
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Transport
from unsprawl.scanner.own_client import OwnClient, own_client
from unsprawl.scanner.people import People, hinted
from unsprawl.scanner.policy_team import Wish
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.accounts import Account
from unsprawl.scanner.remotes.candidates import Candidate, Standing, candidates
from unsprawl.scanner.remotes.rank import rank_of
from unsprawl.scanner.what_if import BrokerHere, Possibility, WhatIf, by_hand, logins, moves, unknown_login

_KEEPS = frozenset({"referenced", "vaulted", "wired", "brokered", "env-file", "inherited"})
"""Marks of entries that take a secret from elsewhere."""


class Explained(NamedTuple):
    """One entry."""

    found: ExaminedEntry
    approach: Approach
    likely: int | None
    """The rank that the catalogue makes likely where only a probe can tell; otherwise the rank."""
    scores: tuple[Score, ...]
    """Of the likely rank; empty where nothing is likely."""
    candidates: tuple[Candidate, ...]
    people: People | None
    """How many people use it, as somebody said or the file hints; None where neither does."""
    advice: Advice
    what_if: tuple[WhatIf, ...]
    clients: tuple[OwnClient, ...]
    """For its hosts that a human must register, or that the vendor did, how they log in at the remote."""


def explained(
    found: ExaminedEntry,
    doubled: Set[Account],
    possible: Mapping[str, Possibility],
    reads: str = "",
    people: People | None = None,
    brokers: Mapping[str, BrokerHere] = MappingProxyType({}),
    wish: Wish | None = None,
    unused: str = "",
) -> Explained:
    """`doubled`: see `accounts.second_accounts`. `possible`: what could be done with the targets of `migrate`.

    `reads`: what the server can read that it should not. `people`: None where nobody said. `brokers`: those of others,
    by id. `wish`: the target that policies name. `unused`: the policy by which none of its hosts is in use, or "".
    """
    approach, remotes = found.approach, candidates(found, doubled)
    entry = found.entry
    likely = approach.rank
    if likely is None and approach.candidates and remotes:
        likely = rank_of(remotes[0])
    case = Case(
        entry.transport is Transport.STDIO and not is_bridge(entry.command),
        approach.rank,
        bool(found.findings),
        not _KEEPS.isdisjoint(approach.marks),
        found.shared,
        people,
        reads,
        remotes,
        {target: each.why_not for target, each in possible.items()},
        approach.target == "wire",
        "copy" in approach.marks,
        entry.transport is Transport.UNKNOWN and not remotes,
        approach.reason,
        wish,
        unused,
    )
    now = scores(likely, approach.marks) if likely is not None else ()
    calls_it = not found.findings and bool(remotes) and remotes[0].match.by == "address"
    login = possible.get(OAUTH)
    what_if = (
        *(() if calls_it else logins(remotes, now, login)),
        *(unknown_login() if case.literal and not case.local and not remotes else ()),
        *moves(possible, approach, now, brokers),
        *(by_hand(broker, remotes) for broker in brokers.values() if broker.instructions and possible),
    )
    known = hinted(people, shared=found.shared)
    clients = tuple(_clients(entry.name, remotes))
    return Explained(found, approach, likely, now, remotes, known, decide(case), what_if, clients)


def _clients(name: str, remotes: Iterable[Candidate]) -> Iterator[OwnClient]:
    """At the remote that the entry calls, or the first that it could; nothing where hosts register themselves."""
    usable = (each for each in remotes if _is_open(each) and not any(one.firm for one in each.blockers))
    for candidate in usable:
        made = [own_client(host(each.host), candidate.service, name=name) for each in candidate.fits]
        yield from (each for each in made if each.needed or each.client_id)
        return


def _is_open(candidate: Candidate) -> bool:
    calls_it = candidate.match.by == "address" and candidate.service.has_oauth
    return candidate.standing is not Standing.NONE or calls_it
