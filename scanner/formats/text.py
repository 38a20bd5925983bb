"""Turn the bytes of a file into text and back without loss, and offsets into lines and columns."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from typing import NamedTuple

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|\n|\r")


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


def decode(data: bytes) -> Decoded:
    """Read bytes of any kind; never raises, and `decode(b).encode(decode(b).text) == b` always."""
    bom, encoding = next((mark for mark in _MARKS if data.startswith(mark[0])), (b"", "utf-8"))
    body = data[len(bom) :]
    if encoding == "utf-8":
        text = body.decode("utf-8", "surrogateescape")
        valid = text.isascii() or _SURROGATE.search(text) is None
    else:
        try:
            text, valid = body.decode(encoding), True
        except UnicodeDecodeError:
            return Decoded(data.decode("latin-1"), "latin-1", valid=False, binary=True)
    return Decoded(text, encoding, bom, valid, binary="\0" in text)


class Lines:
    """Lines and columns of many offsets of one text; the line table is built at the first question."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        r"""Line and column of `offset`, both from 1, columns in characters; lines end with \n, \r\n or a lone \r."""
        if self._starts is None:
            self._starts = [0, *(match.end() for match in _LINE_END.finditer(self._text))]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
