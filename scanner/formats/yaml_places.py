"""Where the pairs and items of a YAML text stand: in lines, with their keys and dashes, or in brackets."""

from __future__ import annotations

import re

from unsprawl.scanner.formats.node import Kind, Node, Path, Span
from unsprawl.scanner.formats.sequence import line_start
from unsprawl.scanner.record import NamedTuple

_ALIAS = re.compile(r"[ \t]*:[ \t]+(\*[^\s,\[\]{}]+)")
_REST = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\r\n]*)?")
_LINE_END = re.compile(r"\r\n|\n|\r")
_EXPLICIT = re.compile(r"(?:^|[\s{,\[-])\?$").search
"""Before a key that is written `? key`."""
_DASHES = re.compile(r"[ \t]*(?:-[ \t]+)*").fullmatch


class Element(NamedTuple):
    """One pair or item as written. `start`: of its key, of its dash, or in brackets of its value."""

    start: int
    value: Span


class Spot(NamedTuple):
    """An element with the collection that it is in."""

    parent: Node
    elements: tuple[Element, ...]
    position: int
    flow: bool
    """It is within brackets."""

    @property
    def element(self) -> Element:
        return self.elements[self.position]


def is_flow(text: str, node: Node) -> bool:
    """Whether a collection is written in brackets."""
    return text[node.span.start : node.span.start + 1] in ("{", "[") and text[node.span.end - 1] in "}]"


def holder(text: str, root: Node, path: Path) -> tuple[Node, bool]:
    """The node at `path`, and whether it is written in brackets or within some.

    Raises ValueError when there is none, and for what stands elsewhere and is repeated here by an alias: to change it
    would change the other places as well.
    """
    node, flow = root, is_flow(text, root)
    for step in path:
        found, behind = _value_at(node, step)
        if not behind <= found.span.start <= found.span.end <= node.span.end:
            raise ValueError("the value belongs to an anchor elsewhere")
        node = found
        flow = flow or (node.kind in (Kind.OBJECT, Kind.ARRAY) and is_flow(text, node))
    return node, flow


def _value_at(node: Node, step: str | int) -> tuple[Node, int]:
    """The value of a key or position, and behind what it stands when it stands there itself."""
    if isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step], node.items[step - 1].span.end if step else node.span.start
    for member in reversed(node.members):
        if member.key == step:
            own = node.span.start <= member.key_span.start
            return member.value, member.key_span.end if own else node.span.end
    raise ValueError("no value at this path")


def spot(text: str, root: Node, path: Path) -> Spot:
    """The pair or item at `path`, the last of its name. Raises ValueError when there is none that can be placed."""
    if not path:
        raise ValueError("the root is no pair")
    parent, flow = holder(text, root, path[:-1])
    placed = elements(text, parent)
    step = path[-1]
    if isinstance(step, int):
        if not 0 <= step < len(placed) or parent.kind is not Kind.ARRAY:
            raise ValueError("no value at this path")
        return Spot(parent, placed, step, flow)
    own = own_members(parent)
    for index in reversed(range(len(own))):
        if parent.members[own[index]].key == step:
            return Spot(parent, placed, index, flow)
    raise ValueError("no pair of its own at this path")


def own_members(parent: Node) -> tuple[int, ...]:
    """Which members stand in the object itself; others come from where `<<` points to."""
    return tuple(
        index
        for index, member in enumerate(parent.members)
        if parent.span.start <= member.key_span.start < parent.span.end
    )


def elements(text: str, parent: Node) -> tuple[Element, ...]:
    """The pairs or items of a collection, in the order that they stand in. Raises ValueError for odd spellings."""
    if parent.kind is Kind.OBJECT:
        members = [parent.members[index] for index in own_members(parent)]
        if any(_EXPLICIT(text[: m.key_span.start].rstrip()[-2:]) for m in members):
            raise ValueError("a key that cannot be placed")
        return tuple(Element(m.key_span.start, _value(text, m.key_span, m.value.span, parent)) for m in members)
    if is_flow(text, parent):
        return tuple(Element(item.span.start, item.span) for item in parent.items)
    found: list[Element] = []
    at, column = parent.span.start, column_of(text, parent.span.start)
    for item in parent.items:
        dash = at if not found else _dash(text, at, column)
        end = Span(item.span.start, item.span.end)
        if not dash < end.start or end.start < at:  # an alias, or nothing behind the dash
            raise ValueError("an item that cannot be placed")
        found.append(Element(dash, end))
        at = end.end
    return tuple(found)


def _value(text: str, key: Span, value: Span, parent: Node) -> Span:
    """Where the value of a pair stands: of an alias, not what it points to."""
    if key.end <= value.start and value.end <= parent.span.end:
        return value
    alias = _ALIAS.match(text, key.end)
    if alias is None:
        raise ValueError("a value that cannot be placed")
    return Span(*alias.span(1))


def _dash(text: str, at: int, column: int) -> int:
    """The next dash at this column that begins its line."""
    for match in _LINE_END.finditer(text, at if text[at - 1 : at] not in ("\n", "\r") else at - 1):
        dash = match.end() + column
        if text[dash : dash + 1] == "-" and not text[match.end() : dash].strip(" "):
            return dash
    raise ValueError("an item without a dash")


def column_of(text: str, at: int) -> int:
    """How many characters stand before `at` on its line."""
    return at - line_start(text, at)


def leads(text: str, at: int) -> bool:
    """Whether nothing but blanks stands before `at` on its line.

    Raises ValueError where something else than the dashes of lists does.
    """
    head = text[line_start(text, at) : at]
    if not _DASHES(head):
        raise ValueError("a key that cannot be placed")
    return not head.strip()


def tail(text: str, span: Span) -> int:
    """Behind a value and the comment on its last line, before that line's end."""
    end = span.start + len(text[span.start : span.end].rstrip()) if span.end > span.start else span.end
    match = _REST.match(text, end)
    return match.end() if match else end


def after_line_end(text: str, at: int) -> int:
    """Behind the line end at `at`, or `at` where there is none."""
    match = _LINE_END.match(text, at)
    return match.end() if match else at
