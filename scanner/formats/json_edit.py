"""Edits on JSON text: replace, remove and insert values in the file's own style."""

from __future__ import annotations

from dataclasses import replace

from unsprawl.scanner.formats.json_style import Style, detect, write, write_pair
from unsprawl.scanner.formats.node import Edit, Kind, Member, Node, Path, Span, Value, at
from unsprawl.scanner.formats.sequence import CommaList, Layout, line_indent, line_start
from unsprawl.scanner.formats.sequence_insert import insert
from unsprawl.scanner.formats.sequence_remove import remove


def replace_value(text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
    """Write another value in place of the whole one at `path`. Raises ValueError when there is none."""
    node = at(root, path)
    if node is None:
        raise ValueError("no value at this path")
    style = detect(text, root)
    multi = style.multi and (not path or _stands_alone(text, root, path))
    return (Edit(node.span, write(value, style, line_indent(text, node.span.start), multi)),)


def remove_element(text: str, root: Node, path: Path) -> tuple[Edit, ...]:
    """Take out the pair or item at `path`, the last of its name. Raises ValueError when there is none."""
    if not path:
        raise ValueError("the root cannot be removed")
    parent, index = _parent(root, path), _index(root, path)
    return remove(_list(text, parent), index)


def insert_element(text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
    """Add a pair as last of its object, or an item before its position.

    Raises ValueError when the parent is missing or of the wrong kind, or the key exists.
    """
    if not path:
        raise ValueError("the root cannot be inserted")
    parent, step, style = _parent(root, path), path[-1], detect(text, root)
    if isinstance(step, int):
        if parent.kind is not Kind.ARRAY or not 0 <= step <= len(parent.items):
            raise ValueError("no such position")
        pad, opens = style.array_pad, style.arrays_multi
        index = step
    else:
        if parent.kind is not Kind.OBJECT or parent.get(step) is not None:
            raise ValueError("no object without this key")
        pad, opens = style.object_pad, style.multi
        index = len(parent.members)
        style = _near(text, parent.members[-1:], style)
    opens = opens and (len(path) == 1 or _stands_alone(text, root, path[:-1]))
    layout = Layout(style.newline, style.unit, style.separator, pad, opens)

    def render(indent: str, multi: bool) -> str:
        if isinstance(step, int):
            return write(value, style, indent, multi)
        return write_pair(step, value, style, indent, multi)

    return insert(_list(text, parent), index, render, layout)


def _near(text: str, siblings: tuple[Member, ...], style: Style) -> Style:
    """The style with the colon and key quotes of a sibling."""
    for member in siblings:
        between = text[member.key_span.end : member.value.span.start]
        first = text[member.key_span.start]
        if not between.strip(" \t:"):
            style = replace(style, colon=between)
        style = replace(style, key_quote=first if first in "\"'" else "")
    return style


def _parent(root: Node, path: Path) -> Node:
    parent = at(root, path[:-1])
    if parent is None or parent.kind not in (Kind.OBJECT, Kind.ARRAY):
        raise ValueError("no object or list at this path")
    return parent


def _index(root: Node, path: Path) -> int:
    parent, step = _parent(root, path), path[-1]
    if isinstance(step, int):
        if parent.kind is Kind.ARRAY and 0 <= step < len(parent.items):
            return step
    else:
        for index in reversed(range(len(parent.members))):
            if parent.members[index].key == step:
                return index
    raise ValueError("no value at this path")


def _list(text: str, parent: Node) -> CommaList:
    pairs = tuple(Span(m.key_span.start, m.value.span.end) for m in parent.members)
    items = tuple(item.span for item in parent.items)
    return CommaList(text, parent.span.start + 1, parent.span.end - 1, pairs or items)


def _stands_alone(text: str, root: Node, path: Path) -> bool:
    """Whether the pair or item at `path` begins its line: then it may spread over several."""
    parent, index = _parent(root, path), _index(root, path)
    start = (parent.members[index].key_span if parent.members else parent.items[index].span).start
    return not text[line_start(text, start) : start].strip(" \t,")
