"""Copies of one secret, told as one sprawl: the first place names the others, the others point to the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from unsprawl.scanner.model import Finding, Place
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.secret import Secret

SHOWN = 4
"""So many other places are named; all have a line of their own anyway."""


class Copies:
    """Which findings hold the same value, in the order in which they are shown."""

    def __init__(self, shown: Iterable[Finding], path: Callable[[str], str]) -> None:
        self._path = path
        self._places: dict[Secret, list[Finding]] = {}
        for finding in shown:
            self._places.setdefault(finding.secret, []).append(finding)
        for places in self._places.values():  # what is in use leads, not what stands in a comment beside it
            places.sort(key=lambda finding: finding.entry is None)

    def is_later(self, finding: Finding) -> bool:
        """Whether the same value was shown before."""
        return self._places[finding.secret][0] is not finding

    def note(self, finding: Finding) -> str:
        """What to say of the other places; "" where there are none."""
        first, *others = self._places[finding.secret]
        if not others:
            return ""
        here = finding.place.path
        if first is not finding:
            return f"the same secret as in {self._where(first.place, here)}"
        named = [self._where(other.place, here) for other in others[:SHOWN]]
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        return f"the same secret in {count(len(others) + 1, 'place')}: also {', '.join(named)}{more}"

    def _where(self, place: Place, here: str) -> str:
        return f"line {place.line}" if place.path == here else f"{self._path(place.path)}:{place.line}"
