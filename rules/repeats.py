"""Whether a pattern can take more than its time: what backtracking may multiply, seen from its form alone.

Three things are refused: an open-ended repeat within another repeat; a repeated group that can take the same text in
two ways; and neighbours that can hand characters to each other in too many ways (`\\d+\\d+`). What is left takes time
that grows with the text's length, or with its square at worst; `patience` measures that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from unsprawl.rules import characters
from unsprawl.rules.patterns import parsed

OPEN = 16 * 1024
"""Ways to end that an open-ended repeat has: values are cut at this many characters."""
LONG = 100
"""A repeat with this many ways to end counts as open."""
MOST = 2_000_000
"""More ways to share the characters of one stretch are refused: some milliseconds."""
MOST_PLACES = 500
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")


def costly(pattern: str) -> str:
    """Why `pattern` may take too long, or "". It must compile and hold nothing that RE2 lacks (`patterns.faults`)."""
    folded = characters.ignores_case(pattern)
    try:
        return _looked_at(parsed(pattern), folded)
    except _TooMany:
        return "a repeated group is too large to be sure of its time"


class _TooMany(Exception):
    """More places than are followed."""


def _looked_at(sequence: Any, folded: bool) -> str:
    parts = [_part(operation, argument, folded) for operation, argument in _flat(sequence)]
    ways = [part.ways for part in parts]
    for number in reversed(range(len(parts))):
        if parts[number].ways > 1:
            ways[number] *= _handed_on(parts, ways, number)
        if ways[number] > MOST:
            return "neighbouring repeats can match the same characters: one of them must end where the next begins"
    for operation, argument in _flat(sequence):
        what = _inside(operation, argument, folded)
        if what:
            return what
    return ""


def _handed_on(parts: Sequence[_Part], ways: Sequence[int], number: int) -> int:
    """In how many ways the rest can match for each end of this part, as far as the rest may be its own characters."""
    takes, between, most = parts[number].takes, 0, 1
    for at in range(number + 1, len(parts)):
        if parts[at].takes & takes:
            most = max(most, ways[at] // max(between, 1))  # fixed text between is only at every so many characters
        if not parts[at].fits_in(takes):
            break
        between += min(len(way) for way in parts[at].needs)
    return most


def _inside(operation: Any, argument: Any, folded: bool) -> str:
    """What is wrong within one element."""
    if str(operation) == "BRANCH":
        return next(filter(None, (_looked_at(branch, folded) for branch in argument[1])), "")
    if str(operation) not in _REPEATS:
        return ""
    _, most, body = argument
    if most > 1 and _has_open(body):
        return "an open-ended repeat within a repeat"
    if most > 1 and not _is_one(body, folded) and _ambiguous(body, folded):
        return "a repeated group can match the same characters in more than one way"
    return _looked_at(body, folded)


def _flat(sequence: Any) -> list[tuple[Any, Any]]:
    """The elements, with those of plain groups in their place."""
    found: list[tuple[Any, Any]] = []
    for operation, argument in sequence:
        if str(operation) == "SUBPATTERN":
            found += _flat(argument[-1])
        elif str(operation) != "AT":
            found.append((operation, argument))
    return found


class _Part(NamedTuple):
    """One element of a sequence, as its neighbours see it."""

    takes: int
    """The characters over which it can end in several ways."""
    ways: int
    """In how many; 1: it takes what it takes."""
    needs: tuple[tuple[int, ...], ...]
    """For each way through it, the characters of each place that cannot be left out."""

    def fits_in(self, mask: int) -> bool:
        """Whether it can match characters of `mask` alone, or nothing."""
        return any(all(place & mask for place in way) for way in self.needs)


def _part(operation: Any, argument: Any, folded: bool) -> _Part:
    single = characters.of(operation, argument, folded=folded)
    if single is not None:
        return _Part(0, 1, ((single,),))
    if str(operation) == "BRANCH":
        parts = [_whole(branch, folded) for branch in argument[1]]
        takes = 0
        for part in parts:
            takes |= part.takes
        return _Part(takes, max(part.ways for part in parts), tuple(way for part in parts for way in part.needs)[:50])
    if str(operation) in _REPEATS:
        least, most, body = argument
        inner = _whole(body, folded)
        spread = OPEN if most - least > OPEN else most - least + 1
        takes = inner.takes | (_all(body, folded) if spread > 1 else 0)
        return _Part(takes, min(spread * inner.ways, OPEN), ((),) if least == 0 else inner.needs)
    return _Part(0, 1, ((),))


def _whole(sequence: Any, folded: bool) -> _Part:
    """A sequence as one element."""
    takes, ways = 0, 1
    needs: list[tuple[int, ...]] = [()]
    for operation, argument in _flat(sequence):
        part = _part(operation, argument, folded)
        takes, ways = takes | part.takes, min(ways * part.ways, OPEN)
        needs = [before + way for before in needs for way in part.needs][:50]
    return _Part(takes, ways, tuple(needs))


def _all(sequence: Any, folded: bool) -> int:
    """Every character that the sequence may match somewhere."""
    mask = 0
    for operation, argument in _flat(sequence):
        single = characters.of(operation, argument, folded=folded)
        if single is not None:
            mask |= single
        elif str(operation) == "BRANCH":
            for branch in argument[1]:
                mask |= _all(branch, folded)
        elif str(operation) in _REPEATS:
            mask |= _all(argument[2], folded)
    return mask


def _is_one(body: Any, folded: bool) -> bool:
    elements = _flat(body)
    return len(elements) == 1 and characters.of(*elements[0], folded=folded) is not None


def _has_open(sequence: Any) -> bool:
    for operation, argument in _flat(sequence):
        if str(operation) in _REPEATS and (argument[1] - argument[0] >= LONG or _has_open(argument[2])):
            return True
        if str(operation) == "BRANCH" and any(_has_open(branch) for branch in argument[1]):
            return True
    return False


class _Places(NamedTuple):
    """A sequence as Glushkov saw it: which places can begin and end it, and whether it can be empty."""

    first: frozenset[int]
    last: frozenset[int]
    empty: bool


class _Glushkov:
    """Every character of a pattern as a place of its own, with the places that can follow it."""

    def __init__(self, folded: bool) -> None:
        self.masks: list[int] = []
        self.follow: list[set[int]] = []
        self.twice_empty = False
        self._folded = folded

    def sequence(self, elements: Sequence[tuple[Any, Any]]) -> _Places:
        whole = _Places(frozenset(), frozenset(), True)
        for operation, argument in elements:
            whole = self._joined(whole, self._element(operation, argument))
        return whole

    def loop(self, places: _Places) -> None:
        """It may begin again where it ends."""
        for place in places.last:
            self.follow[place] |= places.first

    def _joined(self, one: _Places, two: _Places) -> _Places:
        for place in one.last:
            self.follow[place] |= two.first
        return _Places(
            one.first | two.first if one.empty else one.first,
            one.last | two.last if two.empty else two.last,
            one.empty and two.empty,
        )

    def _element(self, operation: Any, argument: Any) -> _Places:
        single = characters.of(operation, argument, folded=self._folded)
        if single is not None:
            if len(self.masks) >= MOST_PLACES:
                raise _TooMany
            self.masks.append(single)
            self.follow.append(set())
            place = frozenset({len(self.masks) - 1})
            return _Places(place, place, False)
        if str(operation) == "BRANCH":
            branches = [self.sequence(_flat(branch)) for branch in argument[1]]
            self.twice_empty |= sum(branch.empty for branch in branches) > 1
            return _Places(
                frozenset().union(*(branch.first for branch in branches)),
                frozenset().union(*(branch.last for branch in branches)),
                any(branch.empty for branch in branches),
            )
        if str(operation) in _REPEATS:
            return self._repeat(*argument)
        return _Places(frozenset(), frozenset(), True)

    def _repeat(self, least: int, most: int, body: Any) -> _Places:
        """Written out as often as it can be; each copy follows the one before it."""
        if most > MOST_PLACES:
            raise _TooMany
        copies = [self.sequence(_flat(body)) for _ in range(most)]
        if not copies:
            return _Places(frozenset(), frozenset(), True)
        self.twice_empty |= copies[0].empty and most > 1
        for one, two in pairwise(copies):
            for place in one.last:
                self.follow[place] |= two.first
        last = frozenset().union(*(copy.last for copy in copies[max(least - 1, 0) :]))
        return _Places(copies[0].first, last, least == 0 or copies[0].empty)


def _ambiguous(body: Any, folded: bool) -> bool:
    """Whether, going round and round in `body`, one character ever leaves a choice of the place that took it."""
    graph = _Glushkov(folded)
    places = graph.sequence(_flat(body))
    graph.loop(places)
    if places.empty or graph.twice_empty:
        return True
    return any(_overlap(graph.masks, choice) for choice in [places.first, *graph.follow])


def _overlap(masks: Sequence[int], places: Iterable[int]) -> bool:
    seen = 0
    for place in places:
        if masks[place] & seen:
            return True
        seen |= masks[place]
    return False
