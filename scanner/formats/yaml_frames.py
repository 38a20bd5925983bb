"""Objects and lists of broken YAML while their lines are read."""

from __future__ import annotations

from unsprawl.scanner.formats.node import Kind, Member, Node, Span


class Frame:
    """An object or a list while lines below it are read."""

    __slots__ = ("column", "items", "key", "kind", "members", "start", "waits")

    def __init__(self, kind: Kind, column: int, start: int) -> None:
        self.kind = kind
        self.column = column
        self.start = start
        self.members: list[tuple[str, Span, Node | Frame]] = []
        self.items: list[Node | Frame] = []
        self.key: tuple[str, Span] = ("", Span(start, start))
        self.waits = False
        """The last key or dash has no value yet."""

    def take(self, value: Node | Frame) -> None:
        """The value of the key or dash that waits, or one more without a name."""
        if self.kind is Kind.ARRAY:
            self.items.append(value)
        else:
            start = value.start if isinstance(value, Frame) else value.span.start
            name, span = self.key if self.waits else ("", Span(start, start))
            self.members.append((name, span, value))
        self.waits = False

    def settle(self) -> None:
        """What waited gets no value any more."""
        if self.waits:
            at = self.key[1].end if self.kind is Kind.OBJECT else self.start
            self.take(Node(Kind.LITERAL, Span(at, at)))


def opened(node: Node) -> Frame:
    """A document that begins with a bracket or a text, as a frame that takes what follows."""
    frame = Frame(Kind.ARRAY if node.kind is Kind.ARRAY else Kind.OBJECT, 0, node.span.start)
    if node.kind in (Kind.OBJECT, Kind.ARRAY):
        frame.members += [(member.key, member.key_span, member.value) for member in node.members]
        frame.items += node.items
    else:
        frame.take(node)
    return frame


def freeze(part: Frame | Node) -> Node:
    """The finished node; depth is bounded, so is recursion."""
    if isinstance(part, Node):
        return part
    part.settle()
    members = tuple(Member(key, span, freeze(value)) for key, span, value in part.members)
    items = tuple(freeze(item) for item in part.items)
    ends = [member.value.span.end for member in members] + [item.span.end for item in items]
    return Node(part.kind, Span(part.start, max([part.start, *ends])), members=members, items=items)
