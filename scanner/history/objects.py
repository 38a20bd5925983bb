"""The contents of some blobs, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from unsprawl.scanner.history.process import Asker, Stream, too_old
from unsprawl.scanner.record import NamedTuple

MOST_DAMAGED = 200
"""So many damaged objects are stepped over; then it is given up."""


class Blob(NamedTuple):
    """One blob. `data` is None where there is none to be had: `why` is `missing`, `too-large` or `damaged`."""

    id: bytes
    size: int
    data: bytes | None
    why: str = ""


def read_blobs(git: Asker, wanted: Iterable[tuple[bytes, int]]) -> Iterator[Blob]:
    """The blobs in the order in which they are asked for, each with the most bytes that are read of it.

    What git cannot read is told as such, and does not end the others.
    """
    asked = list(wanted)
    begin, damaged = 0, 0
    while begin < len(asked) and damaged <= MOST_DAMAGED:
        stream = git.stream("cat-file", "--batch", "--buffer", feed=_lines(asked, begin))
        try:
            for blob in _blobs(stream, asked[begin:]):
                begin += 1
                yield blob
        finally:
            ended = stream.close()
        if begin < len(asked):
            too_old(ended)
            yield Blob(asked[begin][0], 0, None, "damaged")
            begin, damaged = begin + 1, damaged + 1
    for id_, _ in asked[begin:]:
        yield Blob(id_, 0, None, "damaged")


def _lines(asked: Sequence[tuple[bytes, int]], begin: int) -> Iterator[bytes]:
    for at in range(begin, len(asked), 1000):
        yield b"".join(id_ + b"\n" for id_, _ in asked[at : at + 1000])


def _blobs(stream: Stream, asked: Sequence[tuple[bytes, int]]) -> Iterator[Blob]:
    """As many as come in full."""
    reader = _Reader(stream)
    for id_, most in asked:
        head = reader.line().split(b" ")
        if len(head) < 2:
            return
        if len(head) < 3 or not head[2].isdigit():
            yield Blob(id_, 0, None, "missing")
            continue
        size = int(head[2])
        wanted = head[1] == b"blob" and size <= most
        data = reader.take(size, keep=wanted)
        if data is None:
            return
        yield Blob(id_, size, data) if wanted else Blob(id_, size, None, "too-large")


class _Reader:
    """Lines and lengths of a stream."""

    def __init__(self, stream: Stream) -> None:
        self._chunks = stream.chunks()
        self._held = b""
        self._at = 0

    def line(self) -> bytes:
        """The next line without its end; b"" at the end of the stream."""
        while (end := self._held.find(b"\n", self._at)) < 0:
            chunk = next(self._chunks, b"")
            if not chunk:
                return b""
            self._held, self._at = self._held[self._at :] + chunk, 0
        found, self._at = self._held[self._at : end], end + 1
        return found

    def take(self, size: int, *, keep: bool) -> bytes | None:
        """The next `size` bytes and the line end behind them; None where the stream ends before. b"" unless `keep`."""
        here = self._held[self._at : self._at + size + 1]
        self._at += len(here)
        pieces, missing = [here] if keep else [], size + 1 - len(here)
        while missing > 0:
            chunk = next(self._chunks, b"")
            if not chunk:
                return None
            if keep:
                pieces.append(chunk[:missing])
            self._held, self._at = chunk, min(missing, len(chunk))
            missing -= self._at
        return b"".join(pieces)[:size] if keep else b""
