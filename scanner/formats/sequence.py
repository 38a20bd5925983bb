"""Add and remove elements of a bracketed, comma-separated list in the style it is written in.

Serves objects and arrays of JSON, arrays and inline tables of TOML: they differ only in their comments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from unsprawl.scanner.formats.node import Span
from unsprawl.scanner.record import NamedTuple

BLANKS = re.compile(r"[ \t]*")
_LINE_END = re.compile(r"\r\n|\n|\r")
_BLOCK = re.compile(r"/\*(?:[^*\n\r]|\*(?!/))*\*/")
_LINE_COMMENT = {"//": re.compile(r"//[^\n\r]*"), "#": re.compile(r"#[^\n\r]*")}


@dataclass(frozen=True, slots=True)
class Layout:
    """How new elements are set where the list itself gives no example."""

    newline: str
    unit: str
    """One step of indentation."""
    separator: str
    """Between elements on one line."""
    pad: str
    """Inside the brackets of a one-line list."""
    multi: bool
    """Whether an empty list is opened over several lines."""


Render = Callable[[str, bool], str]
"""Writes the new element, given the indentation of its line and whether it may spread over several lines."""


class Tail(NamedTuple):
    """What follows something on its line."""

    end: int
    """Behind the comments there."""
    ends_line: bool
    """Nothing but blanks comes after these comments."""
    line_comment: bool
    """The last of them runs to the end of the line."""


@dataclass(frozen=True, slots=True, repr=False)
class CommaList:
    """One list as written. The text must be well-formed there."""

    text: str
    start: int
    """Offset behind the opening bracket."""
    end: int
    """Offset of the closing bracket."""
    elements: tuple[Span, ...]
    line_comment: str = "//"

    def comma_after(self, index: int) -> int | None:
        """Offset of the comma behind an element, or None: only the last may lack it."""
        at = self.elements[index].end
        limit = self.elements[index + 1].start if index + 1 < len(self.elements) else self.end
        while at < limit:
            if self.text[at] == ",":
                return at
            at = self._step(at, limit)
        return None

    def _step(self, at: int, limit: int) -> int:
        """Behind the comment or the single character at `at`."""
        if match := _LINE_COMMENT[self.line_comment].match(self.text, at, limit):
            return match.end()
        if self.line_comment == "//" and self.text.startswith("/*", at):
            end = self.text.find("*/", at + 2, limit)
            return limit if end < 0 else end + 2
        return at + 1

    def bound(self, index: int) -> int:
        """Behind the comma or bracket that precedes an element."""
        if index == 0:
            return self.start
        comma = self.comma_after(index - 1)
        return self.elements[index - 1].end if comma is None else comma + 1

    def head(self, index: int) -> str | None:
        """What stands before an element on its line if that is only whitespace and perhaps its comma, else None."""
        start = self.elements[index].start
        line = line_start(self.text, start)
        previous = self.elements[index - 1].end if index else self.start
        head = self.text[line:start]
        return head if line >= previous and head.strip() in ("", ",") else None

    def own_tail(self, at: int) -> Tail:
        """The comments that follow `at` on the same line."""
        end, blank = at, re_end(BLANKS, self.text, at)
        while self.line_comment == "//" and (match := _BLOCK.match(self.text, blank)):
            end = match.end()
            blank = re_end(BLANKS, self.text, end)
        if match := _LINE_COMMENT[self.line_comment].match(self.text, blank):
            return Tail(match.end(), ends_line=True, line_comment=True)
        return Tail(end, ends_line=bool(_LINE_END.match(self.text, blank)), line_comment=False)

    def has_other_text(self, spans: list[Span]) -> bool:
        """Whether anything but whitespace stands between the brackets outside of `spans` (in order)."""
        at = self.start
        for span in spans:
            if self.text[at : span.start].strip():
                return True
            at = max(at, span.end)
        return bool(self.text[at : self.end].strip())


def line_start(text: str, at: int) -> int:
    """Start of the line with offset `at`."""
    newline = text.rfind("\n", 0, at)
    # Not from 0: in a file without "\r" that would read all of it, for every line.
    return max(newline, text.rfind("\r", newline + 1, at)) + 1


def line_indent(text: str, at: int) -> str:
    """The whitespace that begins the line with offset `at`."""
    start = line_start(text, at)
    return text[start : re_end(BLANKS, text, start)]


def after_line(text: str, at: int) -> int:
    """Behind the blanks and the line end at `at`; `at` itself if something else stands there."""
    blank = re_end(BLANKS, text, at)
    if match := _LINE_END.match(text, blank):
        return match.end()
    return blank if blank == len(text) else at


def re_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a pattern that may match nothing ends."""
    match = pattern.match(text, at)
    return match.end() if match else at
