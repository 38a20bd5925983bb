"""Which targets `auto` tries for an entry, best first; why the vendor's login is not the one that it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from unsprawl.rewriters.targets.oauth import OAuth
from unsprawl.rewriters.targets.reference import Reference
from unsprawl.rewriters.targets.run import Run
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.rewriters.targets.wire import Wire
from unsprawl.scanner.record import NamedTuple

ADVISED = frozenset({Wire.id, OAuth.id})
"""Targets that are taken only where they are what is recommended: whether they work can be told for few servers."""


class Recommended(NamedTuple):
    """What would serve an entry best, of what `auto` may take."""

    target: str
    advice: str


def recommended(situation: Situation, able: Collection[str]) -> Recommended:
    """The best target, whether or not it can be done here. `able`: those that may be taken without being named."""
    if (wish := situation.wish) is not None:
        return Recommended(wish.targets[0], f"the policy says so ({wish.by})")
    if situation.logins and OAuth.id in able and not _hindrance(situation):
        return Recommended(OAuth.id, "the vendor's own login: no key at all, and each person signs in")
    if situation.people is not None and situation.people.many:
        # A record of this machine's vault is of no use to the others.
        return Recommended(Reference.id, "many use it: name a variable, each person keeps a key of their own")
    approach = situation.found.approach
    return Recommended(approach.target or Run.id, approach.advice)


def order(situation: Situation, able: Collection[str]) -> list[str]:
    """The targets to try, best first. `able`: see `recommended`."""
    best = recommended(situation, able).target
    usual = situation.found.approach.target or Run.id
    own = [Reference.id] if situation.people is not None and situation.people.many else []
    next_best = [Run.id] if usual in ADVISED else []
    return list(dict.fromkeys([best, *own, usual, *next_best, *(each for each in able if each not in ADVISED)]))


def _hindrance(situation: Situation) -> str:
    """Why no login of a vendor is taken unasked; "" for the one that may be."""
    from unsprawl.scanner.remotes.candidates import Standing, candidates
    from unsprawl.scanner.remotes.unasked import hindrance

    known = candidates(situation.found, situation.doubled())
    offered = [each for each in known if each.standing is Standing.OFFERED]
    if len(offered) > 1:
        return f"it could be the login of {' or '.join(each.service.name for each in offered)}"
    chosen = next((each for each in (*offered, *known) if each.service.has_oauth), None)
    return "no login of a vendor is known" if chosen is None else hindrance(chosen, asking=situation.asking)


def passed_over(situation: Situation, taken: str, able: Collection[str]) -> str:
    """Why the login of a vendor is not what `auto` takes; "" where none is known, or where it was tried. `taken`: what
    it takes."""
    if not situation.logins or OAuth.id not in able or taken == OAuth.id:
        return ""
    from unsprawl.scanner.remotes.candidates import candidates

    known = candidates(situation.found, situation.doubled())
    # The name of a variable alone tells nothing: whoever wrote the file chose it.
    known = tuple(each for each in known if each.service.has_oauth and each.match.by != "variable")
    return _hindrance(situation) if known else ""


def of_many(situation: Situation, taken: str) -> Iterator[str]:
    """What many need, wherever the key goes."""
    people = situation.people
    if people is not None and people.many and taken != OAuth.id:
        yield f"{people.spoken} people use it ({people.by}): each needs a key of their own, and nobody else this one"
