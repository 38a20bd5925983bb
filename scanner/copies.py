"""Names of copies: that `mcp.json.bak`, `mcp - Copy.json` and `#mcp.json#` are copies of `mcp.json`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from unsprawl.rules.bundle import WALK

BEGINNING = 3
"""So many characters of a name decide whether a closer look is worth it."""
_MOST_MARKS = 4
"""`mcp.json.bak.old` has two. A bound, so that no name takes long."""
_SHORTEST = len("a.b")


@cache
def _marks() -> re.Pattern[str]:
    either = "|".join(f"(?:{mark['pattern']})" for mark in WALK["copies"]["marks"])
    return re.compile(f"(?:{either}){{0,{_MOST_MARKS}}}", re.IGNORECASE)


def split(name: str) -> tuple[str, str]:
    """A name before and from its ending: (`.mcp`, `.json`); the dot that hides a file begins no ending."""
    cut = name.rfind(".")
    return (name[:cut], name[cut:]) if cut > 0 else (name, "")


class Originals:
    """Tells of which of some known names a name is a copy. Names that are none are told apart by their beginning."""

    __slots__ = ("_by_beginning", "_known")

    def __init__(self, names: Iterable[str]) -> None:
        self._known = frozenset(names)
        self._by_beginning: dict[str, list[tuple[str, str, str]]] = {}
        for name in sorted(self._known, key=lambda name: (-len(name), name)):  # `a.local.json` before `a.json`
            stem, end = split(name)
            for before in ("", *WALK["copies"]["before"]):
                begin = before + stem
                if len(begin) >= _SHORTEST:
                    self._by_beginning.setdefault(begin[:BEGINNING], []).append((begin, end, name))

    @property
    def beginnings(self) -> frozenset[str]:
        """What the names of copies begin with, known names too: the cheap first look."""
        return frozenset(self._by_beginning)

    def of(self, name: str) -> str | None:
        """The known name that `name` is a copy of; None when it is none, and for a known name itself."""
        for begin, end, original in self._by_beginning.get(name[:BEGINNING], ()):
            if name.startswith(begin) and name not in self._known and _is_marked(name[len(begin) :], end):
                return original
        return None


def _is_marked(rest: str, end: str) -> bool:
    """Whether nothing but marks stands before and behind the ending."""
    cut = rest.find(end)
    while cut >= 0:
        if _marks().fullmatch(rest, 0, cut) and _marks().fullmatch(rest, cut + len(end)):
            return True
        cut = rest.find(end, cut + 1) if end else -1
    return False


def without_marks(name: str, endings: Iterable[str]) -> str | None:
    """The name up to the last of `endings` in it, when nothing but marks of a copy follows; in lower case."""
    lower = name.lower()
    for end in endings:
        cut = lower.rfind(end)
        if cut > 0 and _marks().fullmatch(lower, cut + len(end)):
            return lower[: cut + len(end)]
    return None
