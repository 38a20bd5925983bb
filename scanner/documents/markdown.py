"""Markdown: its blocks of code, each in its own language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Found, Page, Passage, read_within
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.view import View

_LINE = re.compile(r"([^\r\n]*+)(?:\r\n|\n|\r|\Z)")
_CONTAINER = r"(?:[ \t]{0,12}(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*+"
"""Marks of quotations and lists, in which a block may stand."""
_FENCE = re.compile(rf"({_CONTAINER}[ \t]{{0,12}})(`{{3,}}|~{{3,}})[ \t]*+\{{?\.?([^\s`{{}},:=]*+)[^`\r\n]*+$")
_QUOTES = re.compile(r"[ \t>]*+")


class _Line(NamedTuple):
    """A line without its end."""

    start: int
    end: int
    after: int


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What the blocks hold, from top to bottom."""
    for number, block in enumerate(blocks(passage)):
        yield from read_within(page, block._replace(path=(*passage.path, "block", number)))


def blocks(passage: Passage) -> Iterator[Passage]:
    """The blocks of code, without the indentation and the quotation marks before their lines."""
    lines = [_Line(*match.span(1), match.end()) for match in _LINE.finditer(passage.text)]
    at = 0
    while at < len(lines):
        fence = _FENCE.match(passage.text, lines[at].start, lines[at].end)
        at += 1
        if fence is None:
            continue
        first = at
        mark = fence[2]
        close = re.compile(rf"[ \t>]*+{re.escape(mark[0])}{{{len(mark)},}}[ \t]*+$")
        while at < len(lines) and not close.match(passage.text, lines[at].start, lines[at].end):
            at += 1
        inner = lines[first:at]
        at += 1
        if inner:
            yield Passage(_bared(passage.view, inner, len(fence[1])), (), fence[3].lower())


def _bared(view: View, lines: list[_Line], indent: int) -> View:
    """The lines without what stands before the block's own text: at most as much as before its fence."""
    text, starts, ends = [], list[int](), list[int]()
    for line in lines:
        lead = _QUOTES.match(view.text, line.start, min(line.end, line.start + indent))
        start = lead.end() if lead else line.start
        text.append(view.text[start : line.after])
        starts += view.starts[start : line.after]
        ends += view.ends[start : line.after]
    return View("".join(text), starts, ends)
