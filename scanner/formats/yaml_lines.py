"""YAML that no parser takes, read line by line: pairs and list items, nested as their indentation says.

So that a file whose one line is wrong still shows what it holds. It is told as broken, and never edited.
"""

from __future__ import annotations

import re

from unsprawl.scanner.formats import yaml_flow
from unsprawl.scanner.formats.json_strict import MAX_DEPTH
from unsprawl.scanner.formats.node import Kind, Node, Span
from unsprawl.scanner.formats.yaml_frames import Frame, freeze, opened
from unsprawl.scanner.formats.yaml_scalars import DOUBLE, SINGLE, block, decode

_LINE = re.compile(r"([ \t]*+)([^\r\n]*+)(?:\r\n|\n|\r|\Z)")
_DOCUMENT = re.compile(r"(?:---|\.\.\.)(?=[ \t]|\Z)[ \t]*+")
_ITEM = re.compile(r"-(?:[ \t]++|(?=[\r\n]|\Z))")
_QUOTED_KEY = re.compile(r"""("(?:[^"\\\r\n]++|\\[^\r\n])*+"|'(?:[^'\r\n]++|'')*+')[ \t]*+:(?:[ \t]++|(?=[\r\n]|\Z))""")
_NO_KEY = "\"'[]{}#&*!|>%,"
"""No plain key begins so."""
_COLON = re.compile(r":(?:[ \t]++|\Z)")
_TIGHT_KEY = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*+):(?!//)(?=\S)")
"""`KEY:value`: the blank was forgotten."""
_PROPERTIES = re.compile(r"(?:(?:![^ \t\r\n]*+|&[^ \t\r\n]++)(?:[ \t]++|(?=[\r\n]|\Z)))++")
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}[ \t]*+(?:#[^\r\n]*+)?(?=[\r\n]|\Z)")
_MAX_QUOTED_LINES = 200
"""Further away a closing quote is not looked for."""


def read(text: str) -> tuple[tuple[Node, ...], bool]:
    """The documents of any text, and whether it has comments. Never raises."""
    reader = _Reader(text)
    reader.run()
    return tuple(reader.documents), reader.comments


class _Reader:
    """One pass over the lines."""

    def __init__(self, text: str) -> None:
        self.documents: list[Node] = []
        self.comments = False
        self._text = text
        self._stack: list[Frame] = []
        self._at = 0

    def run(self) -> None:
        while self._at < len(self._text):
            match = _line(self._text, self._at)
            start, end = match.span(2)
            self._at = match.end()
            if start == match.start() and (mark := _DOCUMENT.match(self._text, start, end)):
                self._end_document()
                start = mark.end()
            if start < end and (self._stack or self._text[start] != "%"):
                self._line(start, end, len(match[1].expandtabs(4)))
        self._end_document()

    def _end_document(self) -> None:
        if self._stack:
            self.documents.append(freeze(self._stack[0]))
        self._stack = []

    def _line(self, start: int, end: int, column: int) -> None:
        """Dashes, then a key, then a value; each of them may be missing."""
        dashed = False
        while dash := _ITEM.match(self._text, start, end):
            self._fit(Kind.ARRAY, column, start).waits = True
            column += dash.end() - start
            start, dashed = dash.end(), True
        key = self._key(start, end, tight=not dashed and not (self._stack and self._stack[-1].waits))
        if key is not None:
            frame = self._fit(Kind.OBJECT, column, start)
            frame.key, frame.waits, start = (key[0], key[1]), True, key[2]
        if properties := _PROPERTIES.match(self._text, start, end):
            start = properties.end()
        if start < end and self._text[start] == "#":
            self.comments = True
        elif start < end:
            self._value(start, end)

    def _key(self, start: int, end: int, *, tight: bool) -> tuple[str, Span, int] | None:
        """Name and place of the key at `start`, and where what follows it begins; `tight`: also without a blank."""
        text = self._text
        if match := _QUOTED_KEY.match(text, start, end):
            form = DOUBLE if text[start] == '"' else SINGLE
            return decode(text, Span(*match.span(1)), form, ""), Span(*match.span(1)), match.end()
        if start == end or text[start] in _NO_KEY:
            return None
        colon = _COLON.search(text, start, end)
        if colon is not None and _comment(text, start, colon.start()) == colon.start():
            name = text[start : colon.start()].rstrip(" \t")
            return name, Span(start, start + len(name)), colon.end()
        match = _TIGHT_KEY.match(text, start, end) if tight else None
        return None if match is None else (match[1], Span(*match.span(1)), match.end())

    def _fit(self, kind: Kind, column: int, start: int) -> Frame:
        """The frame that a key or dash at `column` belongs to; one is opened where a new level begins."""
        stack = self._stack
        if not stack:
            stack.append(Frame(kind, column, start))
            return stack[-1]
        inner: Frame | None = None
        # A list may stand as far left as the key that it belongs to.
        while len(stack) > 1 and (
            stack[-1].column > column
            or (stack[-1].column == column and stack[-1].kind is Kind.ARRAY and kind is Kind.OBJECT)
        ):
            inner = stack.pop()
            inner.settle()
        frame = stack[-1]
        fits = frame.kind is kind and frame.column >= column
        if not fits and not frame.waits and inner is not None and inner.kind is kind:
            stack.append(inner)  # between two levels: to the inner one
            return inner
        if not fits and (frame.waits or frame.kind is not kind) and len(stack) < MAX_DEPTH:
            below = Frame(kind, column, start)
            frame.take(below)
            stack.append(below)
            return below
        frame.settle()
        return frame

    def _value(self, start: int, end: int) -> None:
        """What stands behind a key or dash, or alone on its line."""
        text, first = self._text, self._text[start]
        column = self._stack[-1].column if self._stack else -1
        if _BLOCK.match(text, start, end):
            self._at = self._deeper(column)
            node = _block(text, start, max(self._at, end))
        elif first in "[{" and not text.startswith("{{", start):
            node = self._brackets(start, end, column)
        elif first in "\"'":
            node = self._quoted(start, end, column)
        else:
            comment = _comment(text, start, end)
            self.comments |= comment < end
            node = yaml_flow.plain(text, start, start + len(text[start:comment].rstrip(" \t")))
        if self._stack:
            self._stack[-1].take(node)
        else:
            self._stack.append(opened(node))

    def _brackets(self, start: int, end: int, column: int) -> Node:
        node, last, closed = yaml_flow.read(self._text, start, end)
        if not closed:
            node, last, _ = yaml_flow.read(self._text, start, max(end, self._deeper(column, "]}")))
            self._go_behind(last)
        return node

    def _quoted(self, start: int, end: int, column: int) -> Node:
        text = self._text
        last, closed = yaml_flow.quoted_end(text, start)
        if not closed:
            close = text.find(text[start], end, max(end, self._deeper(column, lines=_MAX_QUOTED_LINES)))
            if close < 0:
                return yaml_flow.plain(text, start, start + len(text[start:end].rstrip(" \t")))
            last = close + 1
            self._go_behind(last)
        return yaml_flow.quoted(text, start, last)

    def _go_behind(self, offset: int) -> None:
        """Go on with the line behind `offset`, if that is further than now."""
        if offset > self._at:
            self._at = _line(self._text, offset).end()

    def _deeper(self, column: int, closing: str = "", lines: int | None = None) -> int:
        """Where the lines end that are indented more than `column`, or begin with a `closing` bracket."""
        at = self._at
        while at < len(self._text) and lines != 0:
            match = _line(self._text, at)
            if match[2] and len(match[1].expandtabs(4)) <= column and match[2][0] not in closing:
                break
            at, lines = match.end(), None if lines is None else lines - 1
        return at


def _line(text: str, at: int) -> re.Match[str]:
    match = _LINE.match(text, at)
    assert match is not None  # it matches anywhere
    return match


def _block(text: str, start: int, end: int) -> Node:
    """The `|` or `>` block; its first line says how far it is indented."""
    lines = _LINE.finditer(text, _line(text, start).end(), end)
    indent = next((len(line[1]) - len(line[1].lstrip(" ")) for line in lines if line[2]), 0)
    value = "".join(piece.value for piece in block(text, Span(start, end), indent))
    return Node(Kind.STRING, Span(start, end), value, form=text[start])


def _comment(text: str, start: int, end: int) -> int:
    """Where the comment in text[start:end] begins; `end` without one."""
    at = text.find("#", start, end)
    while at >= 0 and (at == start or text[at - 1] not in " \t"):
        at = text.find("#", at + 1, end)
    return end if at < 0 else at
