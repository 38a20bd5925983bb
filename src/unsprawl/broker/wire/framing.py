"""How far the body of a request reaches, found without h11: what is behind it belongs to the next request.

h11 reads the same bytes afterwards, and what it says is sent on. It would pass over extensions of chunks and spaces
after their sizes, which is where servers disagree about where a body ends.
"""

from __future__ import annotations

import re
from typing import Protocol

from unsprawl.broker.wire.head import END, LARGEST, Odd, RequestHead

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")
_SIZE_BEGUN = re.compile(rb"[0-9A-Fa-f]{0,16}|[0-9A-Fa-f]{1,16}\r")
_TRAILER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*[\t\x20-\x7e\x80-\xff]*")
_NEVER_TRAILERS = frozenset(
    {b"host", b"content-length", b"transfer-encoding", b"connection", b"authorization", b"cookie", b"te", b"trailer"}
    | {b"proxy-authorization", b"content-type", b"content-encoding", b"expect", b"upgrade"}
)


class Body(Protocol):
    """Follows one body."""

    done: bool

    def take(self, data: bytes) -> int:
        """How many bytes at the start of `data` belong to it. Raises Odd."""


def body_of(head: RequestHead) -> Body:
    """The body that the head announces."""
    return Chunks() if head.chunked else Length(head.length or 0)


class Length:
    """A body of known length."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.done = length == 0

    def take(self, data: bytes) -> int:
        taken = min(self._left, len(data))
        self._left -= taken
        self.done = self._left == 0
        return taken


class Chunks:
    """A chunked body: sizes without extensions, CRLF where it belongs, trailers that say nothing about the framing."""

    def __init__(self) -> None:
        self.done = False
        self._left = 0
        """Bytes of this chunk that are to come, with the CRLF behind them."""
        self._line = b""
        """The line of a size, or the trailers, as far as they came."""
        self._trailers = False

    def take(self, data: bytes) -> int:
        at = 0
        while at < len(data) and not self.done:
            if self._trailers:
                at = self._take_trailers(data, at)
            elif self._left > 2:
                step = min(self._left - 2, len(data) - at)
                self._left -= step
                at += step
            elif self._left:
                if data[at : at + 1] != (b"\r" if self._left == 2 else b"\n"):
                    raise Odd("a chunk does not end where it said")
                self._left -= 1
                at += 1
            else:
                at = self._take_size(data, at)
        return at

    def _take_size(self, data: bytes, at: int) -> int:
        had = len(self._line)
        line = self._line + data[at : at + 19 - had]
        end = line.find(b"\r\n")
        if end < 0:
            if not _SIZE_BEGUN.fullmatch(line):
                raise Odd("a chunk has an extension, or no size")
            self._line = line
            return len(data)
        if not _SIZE.fullmatch(line[:end]):
            raise Odd("a chunk has an extension, or no size")
        size = int(line[:end], 16)
        if size:
            self._line, self._left = b"", size + 2
        else:
            self._line, self._trailers = b"\r\n", True  # so that "no trailers" and "trailers" end in the same way
        return at + end + 2 - had

    def _take_trailers(self, data: bytes, at: int) -> int:
        had = len(self._line)
        text = self._line + data[at : at + LARGEST]
        end = text.find(END)
        if end < 0:
            if len(text) > LARGEST:
                raise Odd("the trailers are too large", 431)
            self._line = text
            return len(data)
        for line in text[2:end].split(b"\r\n") if end else ():
            match = _TRAILER.fullmatch(line)
            if match is None or match[1].lower() in _NEVER_TRAILERS:
                raise Odd("a trailer is not well formed, or belongs into the head")
        self.done = True
        return at + end + len(END) - had
