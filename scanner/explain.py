"""All that can be said of how one entry gets its key: what it is worth, what would be better, what would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from unsprawl.scanner.approach import NAMES, Approach, is_bridge
from unsprawl.scanner.approach_scores import Score, becomes, changes, scores
from unsprawl.scanner.approach_tree import OAUTH, Advice, Case, decide
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Transport
from unsprawl.scanner.own_client import OwnClient, own_client
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.accounts import Account
from unsprawl.scanner.remotes.candidates import Candidate, Standing, candidates
from unsprawl.scanner.remotes.rank import rank_of

_KEEPS = frozenset({"referenced", "vaulted", "wired", "brokered", "env-file", "inherited"})
"""Marks of entries that take a secret from elsewhere."""


class WhatIf(NamedTuple):
    """One move that could be made."""

    target: str
    can: bool
    firm: bool
    """Where it cannot be: whether that is the end of it, or a person who knows what changes may do it by hand."""
    rank: int | None
    """Afterwards; None where only a probe can tell, or where it cannot be."""
    mark: str
    says: str
    """What it would be, or why it cannot be."""
    changes: tuple[tuple[Score, Score], ...]
    """Criteria on which that differs from now, before and after."""


class Explained(NamedTuple):
    """One entry."""

    found: ExaminedEntry
    approach: Approach
    likely: int | None
    """The rank that the catalogue makes likely where only a probe can tell; otherwise the rank."""
    scores: tuple[Score, ...]
    """Of the likely rank; empty where nothing is likely."""
    candidates: tuple[Candidate, ...]
    advice: Advice
    what_if: tuple[WhatIf, ...]
    clients: tuple[OwnClient, ...]
    """For its hosts that a human must register, or that the vendor did, how they log in at the remote."""


def explained(
    found: ExaminedEntry,
    doubled: Set[Account],
    possible: Mapping[str, str],
    reads: str = "",
    people: str = "",
) -> Explained:
    """`doubled`: see `accounts.second_accounts`. `possible`: targets of `migrate`, each with why it cannot be, or "".

    `reads`: what the server can read that it should not. `people`: "one", "many", or "" where nobody said.
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
        possible,
        approach.target == "wire",
        "copy" in approach.marks,
    )
    now = scores(likely, approach.marks) if likely is not None else ()
    calls_it = not found.findings and bool(remotes) and remotes[0].match.by == "address"
    what_if = (*(() if calls_it else _logins(remotes, now)), *_moves(possible, approach, now))
    return Explained(found, approach, likely, now, remotes, decide(case), what_if, tuple(_clients(entry.name, remotes)))


def _clients(name: str, remotes: Iterable[Candidate]) -> Iterator[OwnClient]:
    """At the remote that the entry calls, or the first that it could; nothing where hosts register themselves."""
    usable = (each for each in remotes if _is_open(each) and not any(one.firm for one in each.blockers))
    for candidate in usable:
        made = [own_client(host(each.host), candidate.service, name=name) for each in candidate.fits]
        yield from (each for each in made if each.needed or each.client_id)
        return


def _logins(remotes: Iterable[Candidate], now: tuple[Score, ...]) -> Iterator[WhatIf]:
    for each in remotes:
        if each.standing is Standing.NONE:
            continue
        rank = rank_of(each)
        name = NAMES[rank] if rank is not None else "a login, of a kind that only a probe can tell"
        said = [*each.asks, *(f"{one.says} ({one.because})" if one.because else one.says for one in each.blockers)]
        if each.standing is Standing.OFFERED:
            said = [f"{each.service.name}, {each.url}: {name}"]
        after = scores(rank) if rank is not None else ()
        can = each.standing in (Standing.OFFERED, Standing.ASK)
        better = changes(now, after) if can and now and after else ()
        firm = any(one.firm for one in each.blockers)
        yield WhatIf(OAUTH, can, firm, rank if can else None, "", "; ".join(said), better)


def _moves(possible: Mapping[str, str], approach: Approach, now: tuple[Score, ...]) -> Iterator[WhatIf]:
    for target, why in possible.items():
        if target == OAUTH:
            continue  # told with the service that it would be
        after = becomes(target)
        if why or after is None or approach.rank is None:
            yield WhatIf(target, False, True, None, "", why or "nothing is known of it", ())
            continue
        rank = after.rank or approach.rank
        says = f"{NAMES[rank]}{f', {after.mark}' if after.mark else ''}"
        then = scores(rank, [after.mark] if after.mark else ())
        yield WhatIf(target, True, False, rank, after.mark, says, changes(now, then))


def _is_open(candidate: Candidate) -> bool:
    calls_it = candidate.match.by == "address" and candidate.service.has_oauth
    return candidate.standing is not Standing.NONE or calls_it
