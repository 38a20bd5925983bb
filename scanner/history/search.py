"""Which of all blobs hold a mark, found while they stream by."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from unsprawl.scanner.history.objects import MOST_DAMAGED
from unsprawl.scanner.history.process import PATIENCE_S, Asker, Ended, HistoryUnavailable, Stream, too_old
from unsprawl.scanner.record import NamedTuple

_OVERLAP = 256
"""Longer than any mark, also in UTF-16."""
_BEGINNING = 64
"""A NUL in so many bytes means UTF-16, or no text at all; as in `discover`."""
_SMALL = re.compile(rb"(?m)^blob \d{1,8} ([0-9a-f]+)$")
_LARGE = re.compile(rb"(?m)^blob \d{9,} ([0-9a-f]+)$")
"""From 100 MB on, which is about what is read of a file."""
_LISTING = ("cat-file", "--batch-all-objects", "--unordered", "--buffer")


class Sought(NamedTuple):
    """What the search through all blobs came to."""

    marked: set[bytes]
    """The ids of those that hold a mark."""
    large: set[bytes]
    """Those that are too large to be read."""
    damaged: list[bytes]
    blobs: int
    complaint: str
    """Why the search ended early; "" where it did not."""


class Search:
    """All blobs that a repository has, each looked at once as it streams by; git begins when this is made."""

    def __init__(self, git: Asker) -> None:
        self._git = git
        self._large: set[bytes] = set()
        self._listed: Ended | None = None
        self._stream = self._begin(0)
        self._chunks = self._stream.ahead()

    def run(self, marks: Sequence[bytes], progress: Callable[[int], None], meanwhile: Iterator[object]) -> Sought:
        """To be called once. `marks` are looked for whatever their case. `progress` is told how many blobs more were
        looked at. `meanwhile` is what else there is to do while git reads: taken from step by step, as far as it goes.
        Raises HistoryUnavailable where git says nothing at all.
        """
        if self._stream.waits(PATIENCE_S):
            raise HistoryUnavailable(
                "git did not answer within a minute", hint="Is a file in its .git folder a pipe? Try `git fsck` there."
            )
        marked: set[bytes] = set()
        damaged: list[bytes] = []
        done = 0
        while True:
            window = Window(marks, marked)
            for chunk in self._coming(meanwhile):
                progress(window.search(chunk))
            progress(window.search(b"", last=True))
            ended = self._stream.close()
            done += window.complete
            if ended.code == 0 and window.is_whole:
                break
            too_old(ended)
            # git ends at an object that it cannot read: the one after the last that came in full.
            at_fault = window.last if not window.is_whole else self._number(done)
            if at_fault is None or len(damaged) >= MOST_DAMAGED:
                return Sought(marked, self._large, damaged, done, ended.said or "it ended early")
            damaged.append(at_fault)
            done += 1
            self._stream = self._begin(done)
            self._chunks = self._stream.ahead()
        complaint = "" if self._listed is None or self._listed.code == 0 else self._listed.said or "it ended early"
        return Sought(marked, self._large, damaged, done, complaint)

    def close(self) -> None:
        """End what still runs."""
        self._stream.close()

    def _coming(self, meanwhile: Iterator[object]) -> Iterator[bytes]:
        while True:
            while not self._chunks.ready and next(meanwhile, None) is not None:
                pass
            chunk = next(self._chunks, None)
            if chunk is None:
                return
            yield chunk

    def _begin(self, skip: int) -> Stream:
        return self._git.stream("cat-file", "--batch", "--buffer", feed=self._ids(skip))

    def _ids(self, skip: int) -> Iterator[bytes]:
        """The ids of all blobs but the large ones, from the one after `skip` others, in the order of the packs."""
        stream = self._git.stream(*_LISTING, "--batch-check=%(objecttype) %(objectsize) %(objectname)")
        rest = b""
        try:
            for chunk in stream.chunks():
                rows, end, rest = (rest + chunk).rpartition(b"\n")
                self._large.update(_LARGE.findall(rows + end))
                ids = _SMALL.findall(rows + end)
                if skip:
                    skip, ids = max(skip - len(ids), 0), ids[skip:]
                if ids:
                    ids.append(b"")
                    yield b"\n".join(ids)
        finally:
            self._listed = stream.close()

    def _number(self, number: int) -> bytes | None:
        """The id of a blob by its place in the listing."""
        for chunk in self._ids(number):
            return chunk[: chunk.index(b"\n")]
        return None


class Window:
    """The part of the stream that is looked at: objects, each after a line with its id, kind and size."""

    def __init__(self, marks: Sequence[bytes], marked: set[bytes]) -> None:
        """The ids of what holds a mark go to `marked`."""
        self._marks = list(dict.fromkeys(mark.lower() for mark in marks))
        self._wide = [b"\0".join(bytes((byte,)) for byte in mark) for mark in self._marks]
        self._marked = marked
        self._rest = b""
        self._next = 0
        """Where the next object's line begins, from the start of `rest`."""
        self._is_wide = False
        self._behind = True
        self._begun = 0
        self.last = b""
        """The id of the object that came last."""

    @property
    def is_whole(self) -> bool:
        """Whether the last object came in full; to be asked at the end."""
        return self._behind

    @property
    def complete(self) -> int:
        """How many objects came in full."""
        return self._begun - (not self._behind)

    def search(self, chunk: bytes, *, last: bool = False) -> int:
        """Look through the next bytes; answers how many objects began in them. `last`: there are no more."""
        data = self._rest + chunk
        have, position, before = len(data), self._next, self._begun
        # Where objects begin, and at last where they end; the first one began earlier.
        starts, ids, wides = [-1], [self.last], [0] if self._is_wide else []
        while position < have:
            end = data.find(b"\n", position)
            if end < 0 or (end + _BEGINNING >= have and not last):  # read on first: how a blob begins matters
                break
            self._begun += 1
            head = data[position:end].split(b" ")
            if len(head) < 3:  # `ID missing`: it went while we listed
                position = end + 1
                continue
            if data.find(b"\0", end, end + _BEGINNING) >= 0:
                wides.append(len(starts))
            starts.append(end + 1)
            ids.append(head[0])
            position = end + 2 + int(head[2])
        self._behind = position <= have
        starts.append(min(position, have))  # from there on nobody knows yet whose it is
        self._note(data, starts, ids, wides)
        self.last, self._is_wide = ids[-1], bool(wides) and wides[-1] == len(ids) - 1
        keep = position if self._behind else max(have - _OVERLAP, starts[-2], 0)
        self._rest, self._next = data[keep:], position - keep
        return self._begun - before

    def _note(self, data: bytes, starts: list[int], ids: list[bytes], wides: list[int]) -> None:
        lower = data.lower()
        limit = starts[-1]
        for mark in self._marks:
            at = lower.find(mark, 0, limit)
            while at >= 0:
                which = bisect_right(starts, at) - 1
                self._marked.add(ids[which])
                at = lower.find(mark, starts[which + 1], limit)
        for which in wides:
            begin = max(starts[which], 0)
            if any(lower.find(mark, begin, starts[which + 1]) >= 0 for mark in self._wide):
                self._marked.add(ids[which])
