"""What an entry would be worth after each move that could be made: a login, a target of ours, a broker of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from unsprawl.scanner.approach import NAMES, Approach
from unsprawl.scanner.approach_scores import Becomes, Score, becomes, changes, scores
from unsprawl.scanner.approach_tree import OAUTH
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.candidates import Candidate, Standing
from unsprawl.scanner.remotes.rank import rank_of

_BEHIND = Becomes(1, "brokered")
"""What an entry is behind a broker of others."""


class Possibility(NamedTuple):
    """What the planner says of one move."""

    why_not: str
    """"" where it can be made."""
    says: str
    """What would be done, or ""."""
    target: str
    """The target that does it: a host that needs nothing started has a reference for `run` too."""


class BrokerHere(NamedTuple):
    """A credential broker of others, as it stands on this machine."""

    id: str
    name: str
    state: str
    """"ready", or why nothing could move there now."""
    installed: bool
    ran: bool
    """Whether the real program was run by our tests, or only read."""
    good_for: str
    needs: str
    instructions: str
    """What to do by hand, where it is no target of `migrate`; else ""."""
    serves: tuple[str, ...]
    """The services that the instructions are good for, by the id of the catalogue."""


class WhatIf(NamedTuple):
    """One move that could be made."""

    target: str
    can: bool
    firm: bool
    """Where it cannot be: whether that is the end of it, or a person who knows what changes may do it by hand."""
    rank: int | None
    """Afterwards; None where only a probe can tell, or where it cannot be and nothing is said of it."""
    mark: str
    says: str
    """What it would be, or why it cannot be."""
    scores: tuple[Score, ...]
    """What that is worth on each criterion; empty where nobody knows."""
    changes: tuple[tuple[Score, Score], ...]
    """Criteria on which that differs from now, before and after."""
    service: str = ""
    """Of a login: whose, by the id of the catalogue."""
    broker: BrokerHere | None = None
    """Of a broker of others."""


def logins(remotes: Sequence[Candidate], now: tuple[Score, ...], login: Possibility | None) -> Iterator[WhatIf]:
    """`login`: what `migrate` could do; None where it was not asked."""
    for each in remotes:
        if each.standing is Standing.NONE:
            continue
        rank = rank_of(each)
        name = NAMES[rank] if rank is not None else "a login, of a kind that only a probe can tell"
        # What the planner says is of the best one.
        planned = login if login is not None and each is remotes[0] else None
        can = not planned.why_not if planned is not None else each.standing in (Standing.OFFERED, Standing.ASK)
        against = [f"{one.says} ({one.because})" if one.because else one.says for one in each.blockers]
        said = [*(ask for ask in each.asks if not any(ask in one for one in against)), *against]
        if planned is not None and planned.says:
            said = [planned.says, name, *each.asks]
        elif each.standing is Standing.OFFERED:
            said = [f"{each.service.name}, {each.url}: {name}"]
        if planned is not None and planned.why_not and not each.blockers:
            said = [planned.why_not]
        elif can:
            said += [fit.reason for fit in each.fits if fit.works is not False]
        after = scores(rank) if rank is not None else ()
        better = changes(now, after) if can and now and after else ()
        firm = any(one.firm for one in each.blockers)
        yield WhatIf(
            OAUTH, can, firm, rank if can else None, "", "; ".join(said), after if can else (), better,
            each.service.id,
        )  # fmt: skip


def unknown_login() -> Iterator[WhatIf]:
    """Of a remote server that no catalogue knows."""
    yield WhatIf(OAUTH, False, False, None, "", "whether it offers a login only a probe can tell", (), ())


def moves(
    possible: Mapping[str, Possibility],
    approach: Approach,
    now: tuple[Score, ...],
    brokers: Mapping[str, BrokerHere],
) -> Iterator[WhatIf]:
    for target, (why, says, does_it) in possible.items():
        if target == OAUTH:
            continue  # told with the service that it would be
        broker = brokers.get(target)
        after = becomes(does_it) if broker is None else _BEHIND
        if after is None or approach.rank is None:
            yield WhatIf(target, False, True, None, "", why or "nothing is known of it", (), (), "", broker)
            continue
        rank = after.rank or approach.rank
        then = scores(rank, [after.mark] if after.mark else (), target if broker is not None else "")
        if why:
            kept = then if broker is not None else ()  # of what is not installed one wants to know what it is worth
            yield WhatIf(target, False, True, None, "", why, kept, (), "", broker)
            continue
        told = f"{NAMES[rank]}{f', {after.mark}' if after.mark else ''}"
        yield WhatIf(target, True, False, rank, after.mark, f"{told}: {says}", then, changes(now, then), "", broker)


def by_hand(broker: BrokerHere, remotes: Iterable[Candidate]) -> WhatIf:
    """A broker that `migrate` moves nothing to."""
    if any(each.service.id in broker.serves for each in remotes):
        says, worth = broker.instructions, scores(1, (), broker.id)
    else:
        says, worth = "it does nothing for this server", ()
    return WhatIf(broker.id, False, not worth, None, "", says, worth, (), "", broker)
