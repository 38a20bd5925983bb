"""The objects that `rev-list --objects` tells, and which of them have a name that is worth a look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


class Listing:
    """Reads the listing once. Git tells each blob under one of its paths, the newest first."""

    def __init__(self, fits: Callable[[bytes], bool]) -> None:
        """`fits` is asked once about each path."""
        self._fits = fits
        self._known: dict[bytes, bool] = {}
        self.fitting: list[bytes] = []
        """The paths that fit, so far."""
        self.lost: set[bytes] = set()
        """The objects that are missing."""
        self.commits = 0
        self.blobs = 0
        """How many of the objects fit, so far."""

    def read(self, chunks: Iterable[bytes]) -> Iterator[list[tuple[bytes, bytes]]]:
        """(path, object) of what fits, chunk by chunk."""
        rest, behind = b"", 0
        for chunk in chunks:
            *rows, rest = (rest + chunk).split(b"\n")
            if rows and not behind:  # SHA-1 or SHA-256: where the path begins, if there is one
                behind = len(rows[0].lstrip(b"?").partition(b" ")[0]) + 1
            found = []
            for row in rows:
                path = row[behind:]
                known = self._known.get(path)
                if known is None:
                    known = self._look(path)
                if known:
                    found.append((path, row[: behind - 1]))
                elif row[:1] == b"?":
                    self.lost.add(row[1:])
                elif not path:  # a commit; with a blank behind the id a tree
                    self.commits += len(row) < behind
            self.blobs += len(found)
            yield found

    def _look(self, path: bytes) -> bool:
        known = self._known[path] = path != b"" and self._fits(path)
        if known:
            self.fitting.append(path)
        return known
