"""Brackets of YAML (`[a, b]`, `{k: v}`) in text that no parser takes: read as far as they make sense."""

from __future__ import annotations

import re

from unsprawl.scanner.formats.json_strict import MAX_DEPTH
from unsprawl.scanner.formats.node import Kind, Member, Node, Span
from unsprawl.scanner.formats.yaml_scalars import DOUBLE, PLAIN, SINGLE, decode, plain_value

_GAP = re.compile(r"(?:[ \t\r\n]++|(?<=[ \t\r\n])#[^\r\n]*+)*+")
_QUOTED = {
    '"': re.compile(r'"(?:[^"\\\r\n]++|\\[^\r\n])*+("?)'),
    "'": re.compile(r"'(?:[^'\r\n]++|'')*+('?)"),
}
_WORD = re.compile(
    # Templates keep their braces: `${{ secrets.X }}`, `{{ x }}`, `${X}`.
    r"(?:\$?\{\{[^{}\r\n]*+\}\}|\$\{[^{}\r\n]*+\}|[ \t]++(?!#)|:(?![ \t\r\n,\[\]{}])|[^ \t\r\n,:\[\]{}])++"
)
_TEMPLATE = re.compile(r"\{\{[^{}\r\n]*+\}\}")


def quoted(text: str, start: int, end: int) -> Node:
    """The scalar in quotes text[start:end]."""
    form = DOUBLE if text[start] == '"' else SINGLE
    return Node(Kind.STRING, Span(start, end), decode(text, Span(start, end), form, ""), form=form)


def plain(text: str, start: int, end: int) -> Node:
    """The scalar text[start:end] without quotes; one that is not closed is left out."""
    if text[start : start + 1] in _QUOTED:
        start += 1
        return Node(Kind.STRING, Span(start, end), text[start:end], form=PLAIN)
    kind, value = plain_value(text[start:end])
    return Node(kind, Span(start, end), value, form=PLAIN)


def quoted_end(text: str, start: int) -> tuple[int, bool]:
    """Where the scalar in quotes at `start` ends within its line, and whether it is closed there."""
    match = _QUOTED[text[start]].match(text, start)
    assert match is not None  # the quote alone is enough
    return match.end(), bool(match[1])


class _Open:
    """A bracket that is not closed yet."""

    __slots__ = ("items", "key", "kind", "last", "members", "start")

    def __init__(self, kind: Kind, start: int) -> None:
        self.kind = kind
        self.start = start
        self.members: list[Member] = []
        self.items: list[Node] = []
        self.key: Node | None = None
        self.last: Node | None = None
        """A scalar that may turn out to be a key."""

    def take(self, node: Node) -> None:
        """A value: of the key that waits for one, or the next item."""
        if self.key is not None:
            self._pair(self.key, node)
            self.key = None
        elif self.kind is Kind.ARRAY:
            self.items.append(node)
        else:
            name = Node(Kind.STRING, Span(node.span.start, node.span.start), "")
            self._pair(name, node)

    def _pair(self, key: Node, node: Node) -> None:
        name = key.value if isinstance(key.value, str) else str(key.value)
        member = Member(name, key.span, node)
        if self.kind is Kind.OBJECT:
            self.members.append(member)
        else:  # `[a: b]` is a list with an object
            self.items.append(Node(Kind.OBJECT, Span(key.span.start, node.span.end), members=(member,)))

    def settle(self) -> None:
        """What came last was no key."""
        if self.last is not None:
            self.take(self.last)
        elif self.key is not None:
            self.take(Node(Kind.LITERAL, Span(self.key.span.end, self.key.span.end), form=PLAIN))
        self.last = None

    def node(self, end: int) -> Node:
        """The finished collection."""
        self.settle()
        return Node(self.kind, Span(self.start, end), members=tuple(self.members), items=tuple(self.items))


def read(text: str, start: int, end: int) -> tuple[Node, int, bool]:
    """The collection whose bracket is at `start`, where it ends, and whether it was closed before `end`."""
    stack: list[_Open] = []
    at = start
    while at < end:
        char = text[at]
        if char in "[{" and not _TEMPLATE.match(text, at, end):
            if len(stack) >= MAX_DEPTH:
                break
            stack.append(_Open(Kind.OBJECT if char == "{" else Kind.ARRAY, at))
            at += 1
        elif char in "]}":
            at += 1
            node = stack.pop().node(at)
            if not stack:
                return node, at, True
            stack[-1].take(node)
        elif char == ",":
            stack[-1].settle()
            at += 1
        elif char == ":":
            stack[-1].key, stack[-1].last = stack[-1].last or stack[-1].key, None
            at += 1
        else:
            at = _scalar(text, at, end, stack[-1])
        gap = _GAP.match(text, at, end)
        at = gap.end() if gap else at
    while len(stack) > 1:
        node = stack.pop().node(at)
        stack[-1].take(node)
    return stack[0].node(at), at, False


def _scalar(text: str, at: int, end: int, frame: _Open) -> int:
    if frame.last is not None:
        frame.settle()
    if text[at] in _QUOTED:
        last, closed = quoted_end(text, at)
        if closed and last <= end:
            frame.last = quoted(text, at, last)
        else:
            frame.last = plain(text, at, at + len(text[at:last].rstrip(" \t,")))
        return last
    match = _WORD.match(text, at, end)
    last = match.end() if match else at + 1
    frame.last = plain(text, at, at + len(text[at:last].rstrip(" \t")))
    return last
