"""Finds any of many texts in bytes, the longest first, in time that grows with the bytes alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


class Finder:
    """A set of texts to look for. Does not show them."""

    __slots__ = ("_by_first", "_pattern", "longest")

    def __init__(self, texts: Iterable[bytes]) -> None:
        words = sorted({text for text in texts if text})
        self.longest = max(map(len, words), default=0)
        self._pattern = re.compile(_tree(words), re.DOTALL) if words else None
        self._by_first: dict[int, list[bytes]] = {}
        for word in words:
            self._by_first.setdefault(word[0], []).append(word)

    def __repr__(self) -> str:
        return "Finder(<hidden>)"

    def find(self, data: bytes, start: int = 0) -> re.Match[bytes] | None:
        """The first of the texts from `start` on."""
        return self._pattern.search(data, start) if self._pattern is not None else None

    def every(self, data: bytes) -> Iterator[re.Match[bytes]]:
        """All that stand in `data` and do not overlap."""
        return self._pattern.finditer(data) if self._pattern is not None else iter(())

    def begun(self, data: bytes, start: int = 0) -> int:
        """Where, from `start` on, the end of `data` may be the beginning of one of the texts; its length if nowhere."""
        for at in range(max(start, len(data) - self.longest + 1), len(data)):
            words = self._by_first.get(data[at])
            if words is not None:
                tail = data[at:]
                if any(len(word) > len(tail) and word.startswith(tail) for word in words):
                    return at
        return len(data)


def _tree(words: list[bytes]) -> bytes:
    """A pattern for any of the sorted words that tries the longest first, and no beginning twice."""
    shared = _shared(words[0], words[-1])
    rest: dict[int, list[bytes]] = {}
    for word in words:
        if len(word) > len(shared):
            rest.setdefault(word[len(shared)], []).append(word[len(shared) :])
    if not rest:
        return re.escape(shared)
    branches = b"|".join(map(_tree, rest.values()))
    optional = b"?" if len(words[0]) == len(shared) else b""
    return re.escape(shared) + b"(?:" + branches + b")" + optional


def _shared(first: bytes, last: bytes) -> bytes:
    """The beginning that both have, and with them all that are sorted between them."""
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    return first[:length]
