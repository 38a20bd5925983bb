"""Which commits brought a value to a path, and which took it away. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from unsprawl.scanner.history.log import Change, Commit
from unsprawl.scanner.record import NamedTuple


class Trail(NamedTuple):
    """Commits, oldest first."""

    introduced: tuple[Commit, ...]
    removed: tuple[Commit, ...]


def trail(changes: Sequence[Change], holding: Collection[bytes], stashes: Collection[bytes]) -> Trail:
    """The trail of a value through the `changes` of a path (newest first), by the blobs that hold it.

    A commit introduces what none of its parents had. It removes what all of its parents had; a merge that drops what
    one of them had counts only where nobody else removed it: mostly it follows a removal on the other side. A stash
    removes nothing, it is laid aside.
    """
    introduced: list[Commit] = []
    removed: list[Commit] = []
    dropped: list[Commit] = []
    for commit, sides in changes:
        now = sides[0][1] in holding
        before = sum(old in holding for old, _ in sides)
        if now:  # parents without a difference have the same blob
            before += max(commit.parents, 1) - len(sides)
        if now and not before:
            introduced.append(commit)
        elif before and not now and commit.id not in stashes:
            (removed if before == commit.parents else dropped).append(commit)
    return Trail(tuple(reversed(introduced)), tuple(reversed(removed or dropped)))
