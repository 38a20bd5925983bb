"""Objects and arrays while the tolerant reader is still inside them."""

from __future__ import annotations

from enum import Enum, auto

from unsprawl.scanner.formats.json_strict import Wish
from unsprawl.scanner.formats.node import Kind, Member, Node, Span


class State(Enum):
    """What an open object or array expects next. Arrays only know VALUE and COMMA."""

    KEY = auto()
    COLON = auto()
    VALUE = auto()
    COMMA = auto()


class Frame:
    """An object or array under construction, already attached to its parent, so it can be reopened."""

    __slots__ = (
        "after_comma",
        "child_indent",
        "end",
        "indent",
        "items",
        "key",
        "kind",
        "line",
        "members",
        "other",
        "start",
        "state",
        "wish",
    )

    def __init__(self, kind: Kind, start: int, wish: Wish, indent: int, line: int, parent: Frame | None) -> None:
        self.kind = kind
        self.start = start
        self.end = start + 1
        self.wish = wish
        self.indent = indent
        """Indentation of the line with the opening bracket."""
        self.line = line
        self.child_indent = -1
        """Indentation of the first key that begins a line."""
        self.other: Frame | None = parent if parent is None or parent.kind is not kind else parent.other
        """The nearest one around it of the other kind: the search for it must not cost time at every stray bracket."""
        self.state = State.KEY if kind is Kind.OBJECT else State.VALUE
        self.after_comma = False
        self.key: tuple[str, Span] = ("", Span(start, start))
        self.members: list[tuple[str, Span, Frame | Node]] = []
        self.items: list[Frame | Node] = []

    def to(self, state: State, *, after_comma: bool = False) -> None:
        """Expect something else next."""
        self.state = state
        self.after_comma = after_comma

    def note_indent(self, indent: int) -> None:
        """Remember how far keys are indented."""
        if indent >= 0 > self.child_indent:
            self.child_indent = indent

    def add(self, child: Frame | Node) -> None:
        """Take a value: for the key read last, or as the next item."""
        if self.kind is Kind.OBJECT:
            self.members.append((*self.key, child))
        else:
            self.items.append(child)
        self.to(State.COMMA)


def freeze(part: Frame | Node) -> Node:
    """The finished node; depth is bounded, so is recursion."""
    if isinstance(part, Node):
        return part
    span = Span(part.start, part.end)
    if part.wish == ():
        return Node(Kind.OPAQUE, span)
    members = tuple(Member(key, key_span, freeze(child)) for key, key_span, child in part.members)
    return Node(part.kind, span, members=members, items=tuple(freeze(child) for child in part.items))
