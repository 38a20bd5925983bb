"""The seven approaches with how many entries use each: the ladder that a migration climbs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from unsprawl.scanner.approach import NAMES, Approach
from unsprawl.scanner.scan import ScannedEntry

UNKNOWN = "only a probe can tell"


def cells(entries: Iterable[ScannedEntry]) -> list[tuple[str, str, bool]]:
    """(name, count, whether any) of each approach, best first, and last of those that only a probe can tell."""
    approaches = _used(entries)
    ranks = Counter(approach.rank for approach in approaches)
    rows = []
    for rank in sorted(NAMES):
        marks = Counter(mark for approach in approaches if approach.rank == rank for mark in approach.marks)
        kept = [f"{marks[mark]} {mark}" for mark in ("vaulted", "referenced") if marks[mark]]
        name = f"{rank} {NAMES[rank]}" + (f" ({', '.join(kept)})" if kept else "")
        rows.append((name, str(ranks[rank]), ranks[rank] > 0))
    if ranks[None]:
        rows.append((f"? {UNKNOWN}", str(ranks[None]), True))
    return rows


def in_use(entries: Iterable[ScannedEntry]) -> list[str]:
    """The approaches that are used, best first, in the fewest words."""
    ranks = Counter(approach.rank for approach in _used(entries))
    known = [f"{ranks[rank]} {NAMES[rank]}" for rank in sorted(NAMES) if ranks[rank]]
    return [*known, f"{ranks[None]} unknown"] if ranks[None] else known


def _used(entries: Iterable[ScannedEntry]) -> list[Approach]:
    """The approaches of the entries that hosts read; a copy of one is no second server."""
    return [entry.approach for entry in entries if "copy" not in entry.approach.marks]


def step(approach: Approach) -> str:
    """The approach of one entry, in a few words."""
    if approach.rank:
        return f"{approach.rank} {NAMES[approach.rank]}"
    return " or ".join(NAMES[rank] for rank in approach.candidates) or "not known"
