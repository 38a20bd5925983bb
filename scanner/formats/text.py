"""Turn the bytes of a file into text and back without loss, and offsets into lines and columns."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator

from unsprawl.scanner.record import NamedTuple

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKS_BEGIN = frozenset(mark[:1] for mark, _ in _MARKS)
_SURROGATE = "[\ud800-\udfff]"
_BEYOND_16_BITS = rb"[\xf0-\xf4][\x80-\xbf]{3}"
_SPARE_FROM = 64 * 1024 * 1024
"""One emoji makes Python keep every character of a text in four bytes. From this size on that is too much."""
_PIECE = 1024 * 1024
_MOST_STEPS_BACK = 16
"""Questions out of order that are answered by counting from the beginning again."""
_LINE_END = "\r\n|\n|\r"


class Decoded(NamedTuple):
    """A file's text with what is needed to write it back byte for byte."""

    text: str
    """Without the byte order mark. Bytes that are not UTF-8 stand here as lone surrogates."""
    encoding: str = "utf-8"
    bom: bytes = b""
    valid: bool = True
    """False: some bytes do not belong to the encoding."""
    binary: bool = False
    """True: not a text at all (NUL characters, damaged UTF-16 or UTF-32). Not to be parsed."""
    spared: bool = False
    """True: emoji and the like were replaced to save memory. To be looked at, never to be written."""

    def encode(self, text: str) -> bytes:
        """The bytes of `text` in this file's encoding, mark included.

        Raises ValueError when a character cannot be written in it.
        """
        errors = "surrogateescape" if self.encoding == "utf-8" else "strict"
        try:
            body = text.encode(self.encoding, errors)
        except UnicodeEncodeError:
            body = None  # that error carries the whole text: it must not travel, not even as a context
        if body is None:
            raise ValueError(f"a character cannot be written in {self.encoding}")
        return self.bom + body

    def __repr__(self) -> str:  # the text may hold secrets
        return f"Decoded({self.encoding})"


def decode(data: bytes, *, spare: bool = False) -> Decoded:
    """Read bytes of any kind; never raises, and `decode(b).encode(decode(b).text) == b` always.

    `spare`: of a very large text, characters beyond 16 bits may be replaced, each by one other: places stay the same.
    """
    bom, encoding = b"", "utf-8"
    if data[:1] in _MARKS_BEGIN:
        bom, encoding = next((mark for mark in _MARKS if data.startswith(mark[0])), (b"", "utf-8"))
    body = data[len(bom) :]
    spared = False
    if encoding == "utf-8":
        if spare and len(body) >= _SPARE_FROM and re.search(_BEYOND_16_BITS, body):
            body, spared = b"".join(_spared(body)), True
        text = body.decode("utf-8", "surrogateescape")
        valid = text.isascii() or re.search(_SURROGATE, text) is None
    else:
        try:
            text, valid = body.decode(encoding), True
        except UnicodeDecodeError:
            return Decoded(data.decode("latin-1"), "latin-1", valid=False, binary=True)
    return Decoded(text, encoding, bom, valid, binary="\0" in text, spared=spared)


def _spared(body: bytes) -> Iterator[bytes]:
    """The text without what Python would keep in four bytes; in pieces, since each place that changes takes memory."""
    start = 0
    while start < len(body):
        end = min(start + _PIECE, len(body))
        while end < len(body) and body[end] & 0xC0 == 0x80:  # within a character
            end += 1
        yield re.sub(_BEYOND_16_BITS, b"\xef\xbf\xbd", body[start:end])
        start = end


class Lines:
    """Lines and columns of offsets of one text, which mostly come in rising order: each goes on from the last one."""

    __slots__ = ("_begin", "_last", "_line", "_starts", "_steps_back", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] | None = None
        self._last = self._begin = 0
        self._line = 1
        self._steps_back = 0 if "\r" not in text else _MOST_STEPS_BACK

    def position(self, offset: int) -> tuple[int, int]:
        r"""Line and column of `offset`, both from 1, columns in characters; lines end with \n, \r\n or a lone \r."""
        if offset < self._last and self._starts is None:
            self._last, self._begin, self._line = 0, 0, 1
            self._steps_back += 1
        if self._steps_back < _MOST_STEPS_BACK:
            return self._counted(offset)
        if self._starts is None:
            self._starts = [0, *(match.end() for match in re.finditer(_LINE_END, self._text))]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def _counted(self, offset: int) -> tuple[int, int]:
        """With one kind of line end and few questions, counting is much cheaper than a table of all lines."""
        more = self._text.count("\n", self._last, offset)
        if more:
            self._line += more
            self._begin = self._text.rfind("\n", self._last, offset) + 1
        self._last = offset
        return self._line, offset - self._begin + 1
