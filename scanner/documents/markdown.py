"""Markdown: its blocks of code, each in its own language, its front matter, and the text around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents import markup, prose
from unsprawl.scanner.documents.reader import Found, Page, Passage, read_within
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.view import View

_LINE = re.compile(r"([^\r\n]*+)(?:\r\n|\n|\r|\Z)")
_CONTAINER = r"(?:[ \t]{0,12}(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*+"
"""Marks of quotations and lists, in which a block may stand."""
_FENCE = re.compile(
    rf"({_CONTAINER}[ \t]{{0,12}}+)(`{{3,}}+|~{{3,}}+|:{{3,}}+)[ \t]*+\{{?\.?([^\s`{{}},:=]*+)([^`\r\n]*+)$"
)
_QUOTES = re.compile(r"[ \t>]*+")
_BLANK = re.compile(r"[ \t>]*+$")
_INDENTED = re.compile(r"(?:[ >]{0,12})(?: {4}|\t)[ \t]*+\S")


class _Line(NamedTuple):
    """A line without its end, and where the next one begins."""

    start: int
    end: int
    after: int


class _Block(NamedTuple):
    """Lines of code, and how far they are indented at most."""

    lines: list[_Line]
    indent: int
    language: str


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What the blocks hold, from top to bottom, and then what stands around them."""
    lines = [_Line(*match.span(1), match.end()) for match in _LINE.finditer(passage.text)]
    found, around = _blocks(passage.text, lines)
    number = 0
    for block in found:
        inner = passage.inner(_bared(passage.view, block), number, block.language)
        number += 1
        yield from read_within(page, inner)
    outside = _joined(passage.view, around)
    for view in markup.code(outside):
        yield from read_within(page, passage.inner(view, number, ""))
        number += 1
    yield from prose.read(page, Passage(outside, passage.path))


def _blocks(text: str, lines: list[_Line]) -> tuple[list[_Block], list[_Line]]:
    """The blocks, and the lines that are in none."""
    found: list[_Block] = []
    around: list[_Line] = []
    at = _front_matter(text, lines, found)
    blank = True
    while at < len(lines):
        line = lines[at]
        fence = _FENCE.match(text, line.start, line.end)
        if fence is not None:
            at = _fenced(text, lines, at, fence, found)
            blank = True
        elif blank and _INDENTED.match(text, line.start, line.end):
            at = _indented(text, lines, at, found)
            blank = True
        else:
            blank = _BLANK.match(text, line.start, line.end) is not None
            around.append(line)
            at += 1
    return found, around


def _front_matter(text: str, lines: list[_Line], found: list[_Block]) -> int:
    """The head of a page in YAML or TOML; where the text goes on."""
    mark = text[lines[0].start : lines[0].end].rstrip() if lines else ""
    if mark in ("---", "+++"):
        for at in range(1, len(lines)):
            if text[lines[at].start : lines[at].end].rstrip() == mark:
                found.append(_Block(lines[1:at], 0, "yaml" if mark == "---" else "toml"))
                return at + 1
    return 0


def _fenced(text: str, lines: list[_Line], at: int, fence: re.Match[str], found: list[_Block]) -> int:
    mark = fence[2]
    close = re.compile(rf"[ \t>]*+{re.escape(mark[0])}{{{len(mark)},}}+[ \t]*+$")
    first = at = at + 1
    while at < len(lines) and not close.match(text, lines[at].start, lines[at].end):
        at += 1
    found.append(_Block(lines[first:at], len(fence[1]), fence[3].lower()))
    return at + 1


def _indented(text: str, lines: list[_Line], at: int, found: list[_Block]) -> int:
    first = last = at
    while at < len(lines):
        if _INDENTED.match(text, lines[at].start, lines[at].end):
            last = at
        elif not _BLANK.match(text, lines[at].start, lines[at].end):
            break
        at += 1
    found.append(_Block(lines[first : last + 1], 4, ""))
    return last + 1


def _bared(view: View, block: _Block) -> View:
    """The lines without what stands before the block's own text: at most as much as before its fence."""
    text, starts, ends = [], list[int](), list[int]()
    for line in block.lines:
        lead = _QUOTES.match(view.text, line.start, min(line.end, line.start + block.indent))
        start = lead.end() if lead else line.start
        text.append(view.text[start : line.after])
        starts += view.starts[start : line.after]
        ends += view.ends[start : line.after]
    return View("".join(text), starts, ends)


def _joined(view: View, lines: list[_Line]) -> View:
    return _bared(view, _Block(lines, 0, ""))
