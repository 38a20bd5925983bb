"""Which targets `auto` tries for an entry, best first, and why the login of the vendor is not the one it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from unsprawl.rewriters.targets.reference import Reference
from unsprawl.rewriters.targets.run import Run
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.rewriters.targets.wire import Wire
from unsprawl.scanner.remotes.candidates import Standing, candidates
from unsprawl.scanner.remotes.unasked import hindrance

OAUTH = "oauth"
"""The target that takes the key out for good: the vendor's own remote server, where each person logs in."""
ADVISED = frozenset({Wire.id, OAUTH})
"""Targets that are taken only where they are what is recommended: whether they work can be told for few servers."""


def order(situation: Situation, able: Collection[str]) -> list[str]:
    """The targets to try. `able`: those that may be taken without being named."""
    first = situation.found.approach.target or Run.id
    best = [OAUTH] if OAUTH in able and not _hindrance(situation) else []
    # A record of this machine's vault is of no use to the others.
    own = [Reference.id] if situation.people is not None and situation.people.many else []
    next_best = [Run.id] if first in ADVISED else []
    return list(dict.fromkeys([*best, *own, first, *next_best, *(each for each in able if each not in ADVISED)]))


def _hindrance(situation: Situation) -> str:
    """Why no login of a vendor is taken unasked; "" for the one that may be."""
    known = candidates(situation.found, situation.doubled())
    offered = [each for each in known if each.standing is Standing.OFFERED]
    if len(offered) > 1:
        return f"it could be the login of {' or '.join(each.service.name for each in offered)}"
    chosen = next((each for each in (*offered, *known) if each.service.has_oauth), None)
    return "no login of a vendor is known" if chosen is None else hindrance(chosen, asking=situation.asking)


def notes(situation: Situation, taken: str, able: Collection[str]) -> Iterator[str]:
    """What is to be known of the target that `auto` has taken: the login that it passed over, and what many need."""
    known = [each for each in candidates(situation.found, situation.doubled()) if each.service.has_oauth]
    if OAUTH in able and taken != OAUTH and known:
        reason = _hindrance(situation)
        if reason:  # else it was tried, and its refusal is told
            named = any(each.standing in (Standing.OFFERED, Standing.ASK) for each in known)
            yield f"not `{OAUTH}`: {reason}." + (f" Name it, if you want that: `--to {OAUTH}`." if named else "")
