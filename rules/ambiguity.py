"""Whether a repeated group can take the same text in two ways: the places of a pattern, and what can follow each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from unsprawl.rules import characters
from unsprawl.rules.patterns import REPEATS, flat
from unsprawl.scanner.record import NamedTuple

MOST_PLACES = 500


class TooMany(Exception):
    """More places than are followed."""


def ambiguous(body: Any, folded: bool) -> bool:
    """Whether, going round and round in `body`, one character ever leaves a choice of the place that took it.

    Raises `TooMany`.
    """
    graph = _Glushkov(folded)
    places = graph.sequence(flat(body))
    graph.loop(places)
    if places.empty or graph.twice_empty:
        return True
    return any(_overlap(graph.masks, choice) for choice in [places.first, *graph.follow])


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
                raise TooMany
            self.masks.append(single)
            self.follow.append(set())
            place = frozenset({len(self.masks) - 1})
            return _Places(place, place, False)
        if str(operation) == "BRANCH":
            branches = [self.sequence(flat(branch)) for branch in argument[1]]
            self.twice_empty |= sum(branch.empty for branch in branches) > 1
            return _Places(
                frozenset().union(*(branch.first for branch in branches)),
                frozenset().union(*(branch.last for branch in branches)),
                any(branch.empty for branch in branches),
            )
        if str(operation) in REPEATS:
            return self._repeat(*argument)
        return _Places(frozenset(), frozenset(), True)

    def _repeat(self, least: int, most: int, body: Any) -> _Places:
        """Written out as often as it can be; each copy follows the one before it."""
        if most > MOST_PLACES:
            raise TooMany
        copies = [self.sequence(flat(body)) for _ in range(most)]
        if not copies:
            return _Places(frozenset(), frozenset(), True)
        self.twice_empty |= copies[0].empty and most > 1
        for one, two in pairwise(copies):
            for place in one.last:
                self.follow[place] |= two.first
        last = frozenset().union(*(copy.last for copy in copies[max(least - 1, 0) :]))
        return _Places(copies[0].first, last, least == 0 or copies[0].empty)


def _overlap(masks: Sequence[int], places: Iterable[int]) -> bool:
    seen = 0
    for place in places:
        if masks[place] & seen:
            return True
        seen |= masks[place]
    return False
