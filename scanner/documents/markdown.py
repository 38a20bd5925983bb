"""Markdown: its blocks of code, each in its own language, its front matter, and the text around them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from unsprawl.scanner.discover import format_of
from unsprawl.scanner.documents import markup, prose
from unsprawl.scanner.documents.addresses import addresses
from unsprawl.scanner.documents.reader import Found, Page, Passage, is_readable, read_within, too_much
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.view import View

_BREAK = re.compile(r"\r\n|\n|\r")
_CONTAINER = r"(?:[ \t]{0,12}(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*+"
"""Marks of quotations and lists, in which a block may stand."""
_FENCE = re.compile(rf"({_CONTAINER}[ \t]{{0,12}}+)(`{{3,}}+|~{{3,}}+)[ \t]*+\{{?\.?([^\s`{{}},:=]*+)[^`\r\n]*+$")
_QUOTES = re.compile(r"[ \t>]*+")
_BLANK = re.compile(r"[ \t>]*+$")
_INDENTED = re.compile(r"(?:[ >]{0,12})(?: {4}|\t)[ \t]*+\S")

_MOST_BLOCKS = 10_000
_STARTS = re.compile(
    r"\bmcp[ \t]+add|mcp-remote|--add-mcp|\b(?:mcpServers|mcp_servers|context_servers)\b|\b(?:npx|uvx)\b"
)
_CONFIGURES = re.compile(r"mcpServers|mcp_servers|context_servers|\bmcp[ \t]+add")


class _Block(NamedTuple):
    """The lines first:last of code, and how far they are indented at most."""

    first: int
    last: int
    indent: int
    language: str


class _Lines:
    """Where the lines of a text begin: a number each, for a page may have a million."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = array("L", [0])
        self._starts.extend(match.end() for match in _BREAK.finditer(text))
        if self._starts[-1] < len(text):
            self._starts.append(len(text))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def span(self, number: int) -> tuple[int, int]:
        """The line without its end."""
        start, end = self._starts[number], self._starts[number + 1]
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return start, end

    def stretch(self, first: int, last: int) -> tuple[int, int]:
        """The lines first:last with their ends."""
        return self._starts[first], self._starts[last]

    def match(self, pattern: re.Pattern[str], number: int) -> re.Match[str] | None:
        """What a line begins with."""
        return pattern.match(self.text, *self.span(number))


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What the blocks hold, from top to bottom, and then what stands around them."""
    lines = _Lines(passage.text)
    blocks, number, at = list(_blocks(lines)), 0, 0
    if len(blocks) > _MOST_BLOCKS:
        yield too_much(page)
    page = page._replace(starts=page.about_mcp and _STARTS.search(passage.text) is not None)
    for block in blocks[:_MOST_BLOCKS]:
        view = _bared(passage.view, lines, block)
        inner = passage.inner(view, number, _language(block.language, view.text))
        number += 1
        yield from read_within(page, inner)
    for block in (*blocks, _Block(len(lines), len(lines), 0, "")):
        view = passage.view.cut(*lines.stretch(at, block.first))
        at = block.last
        for shown in markup.code(view):
            yield from read_within(page, passage.inner(shown, number, ""))
            number += 1
        yield from prose.around(page, Passage(view, passage.path))
    if page.about_mcp:
        yield from addresses(page, passage)


def _blocks(lines: _Lines) -> Iterator[_Block]:
    """The blocks of code, and the head."""
    at, blank = 0, True
    head = _front_matter(lines)
    if head is not None:
        yield head
        at = head.last + 1
    while at < len(lines):
        fence = lines.match(_FENCE, at)
        if fence is not None:
            block = _fenced(lines, at, fence)
        elif blank and lines.match(_INDENTED, at):
            block = _indented(lines, at)
        else:
            blank = lines.match(_BLANK, at) is not None
            at += 1
            continue
        yield block
        at, blank = block.last + (fence is not None), True


def _language(said: str, text: str) -> str:
    """What to read a block as: what stands behind its fence may be the name of a file, or mean nothing to us."""
    if not said or is_readable(said):
        return said
    format_id = format_of(f"x.{said.rpartition('.')[2]}")
    return format_id or ("" if _CONFIGURES.search(text) else said)


def _front_matter(lines: _Lines) -> _Block | None:
    """The head of a page in YAML or TOML."""
    mark = lines.text[slice(*lines.span(0))].rstrip() if len(lines) else ""
    if mark in ("---", "+++"):
        for at in range(1, len(lines)):
            if lines.text[slice(*lines.span(at))].rstrip() == mark:
                return _Block(1, at, 0, "yaml" if mark == "---" else "toml")
    return None


def _fenced(lines: _Lines, at: int, fence: re.Match[str]) -> _Block:
    mark = fence[2]
    close = re.compile(rf"[ \t>]*+{re.escape(mark[0])}{{{len(mark)},}}+[ \t]*+$")
    first = at = at + 1
    while at < len(lines) and not lines.match(close, at):
        at += 1
    return _Block(first, min(at, len(lines)), len(fence[1]), fence[3].lower())


def _indented(lines: _Lines, at: int) -> _Block:
    first = last = at
    while at < len(lines):
        if lines.match(_INDENTED, at):
            last = at
        elif not lines.match(_BLANK, at):
            break
        at += 1
    return _Block(first, last + 1, 4, "")


def _bared(view: View, lines: _Lines, block: _Block) -> View:
    """The lines without what stands before the block's own text: at most as much as before its fence."""
    whole = lines.stretch(block.first, block.last)
    if not block.indent or whole[0] == whole[1]:
        return view.cut(*whole)
    text, starts, ends = [], list[int](), list[int]()
    for number in range(block.first, block.last):
        start, end = lines.span(number)
        lead = _QUOTES.match(view.text, start, min(end, start + block.indent))
        start = lead.end() if lead else start
        _, after = lines.stretch(number, number + 1)
        text.append(view.text[start:after])
        starts += view.starts[start:after]
        ends += view.ends[start:after]
    return View("".join(text), starts, ends)
