"""Whether a pattern can take more than its time: what backtracking may multiply, seen from its form alone.

Three things are refused: an open-ended repeat within another repeat; a repeated group that can take the same text in
two ways; and neighbours that can hand characters to each other in too many ways (`\\d+\\d+`). What is left takes time
that grows with the text's length, or with its square at worst; `patience` measures that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unsprawl.rules import characters
from unsprawl.rules.ambiguity import TooMany, ambiguous
from unsprawl.rules.patterns import REPEATS, flat, parsed
from unsprawl.scanner.record import NamedTuple

OPEN = 16 * 1024
"""Ways to end that an open-ended repeat has: values are cut at this many characters."""
LONG = 100
"""A repeat with this many ways to end counts as open."""
MOST = 2_000_000
"""More ways to share the characters of one stretch are refused: some milliseconds."""


def costly(pattern: str) -> str:
    """Why `pattern` may take too long, or "". It must compile and hold nothing that RE2 lacks (`patterns.faults`)."""
    folded = characters.ignores_case(pattern)
    try:
        return _looked_at(parsed(pattern), folded)
    except TooMany:
        return "a repeated group is too large to be sure of its time"


def _looked_at(sequence: Any, folded: bool) -> str:
    parts = [_part(operation, argument, folded) for operation, argument in flat(sequence)]
    ways = [part.ways for part in parts]
    for number in reversed(range(len(parts))):
        if parts[number].ways > 1:
            ways[number] *= _handed_on(parts, ways, number)
        if ways[number] > MOST:
            return "neighbouring repeats can match the same characters: one of them must end where the next begins"
    for operation, argument in flat(sequence):
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
    if str(operation) not in REPEATS:
        return ""
    _, most, body = argument
    if most > 1 and _has_open(body):
        return "an open-ended repeat within a repeat"
    if most > 1 and not _is_one(body, folded) and ambiguous(body, folded):
        return "a repeated group can match the same characters in more than one way"
    return _looked_at(body, folded)


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
    if str(operation) in REPEATS:
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
    for operation, argument in flat(sequence):
        part = _part(operation, argument, folded)
        takes, ways = takes | part.takes, min(ways * part.ways, OPEN)
        needs = [before + way for before in needs for way in part.needs][:50]
    return _Part(takes, ways, tuple(needs))


def _all(sequence: Any, folded: bool) -> int:
    """Every character that the sequence may match somewhere."""
    mask = 0
    for operation, argument in flat(sequence):
        single = characters.of(operation, argument, folded=folded)
        if single is not None:
            mask |= single
        elif str(operation) == "BRANCH":
            for branch in argument[1]:
                mask |= _all(branch, folded)
        elif str(operation) in REPEATS:
            mask |= _all(argument[2], folded)
    return mask


def _is_one(body: Any, folded: bool) -> bool:
    elements = flat(body)
    return len(elements) == 1 and characters.of(*elements[0], folded=folded) is not None


def _has_open(sequence: Any) -> bool:
    for operation, argument in flat(sequence):
        if str(operation) in REPEATS and (argument[1] - argument[0] >= LONG or _has_open(argument[2])):
            return True
        if str(operation) == "BRANCH" and any(_has_open(branch) for branch in argument[1]):
            return True
    return False
