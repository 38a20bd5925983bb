"""Edits on YAML text: replace, remove and insert values in the file's own style."""

from __future__ import annotations

import re

from unsprawl.scanner.formats.node import Edit, Kind, Node, Path, Span, Value
from unsprawl.scanner.formats.sequence import CommaList, Layout, line_start
from unsprawl.scanner.formats.sequence_insert import insert
from unsprawl.scanner.formats.sequence_remove import remove
from unsprawl.scanner.formats.yaml_places import (
    Element,
    Spot,
    after_line_end,
    column_of,
    elements,
    holder,
    is_flow,
    leads,
    spot,
    tail,
)
from unsprawl.scanner.formats.yaml_scalars import DOUBLE, PLAIN, SINGLE
from unsprawl.scanner.formats.yaml_style import detect
from unsprawl.scanner.formats.yaml_write import (
    Style,
    write_below,
    write_flow,
    write_item,
    write_pair,
    write_pair_flow,
    write_scalar,
)

_COLON = re.compile(r"[ \t]*:").match
_BLANK = re.compile(r"\s*").match


def replace_value(text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
    """Write another value in place of the whole one at `path`. Raises ValueError when there is none of its own."""
    place, style = spot(text, root, path), detect(text, root)
    start, end = place.element.value
    if place.flow:
        return (Edit(Span(start, end), write_flow(value, style)),)
    end = max(start, start + len(text[start:end].rstrip()))
    node = place.parent.get(path[-1]) if isinstance(path[-1], str) else place.parent.items[path[-1]]
    assert node is not None
    if value and isinstance(value, (dict, list)):
        return (_collection(text, place, Span(start, end), value, style),)
    form = node.form if node.form in (SINGLE, DOUBLE) else PLAIN
    new = write_scalar(value, style, flow=False, form=form)
    if node.kind in (Kind.OBJECT, Kind.ARRAY) and not is_flow(text, node):
        before = len(text[:start].rstrip())
        if text[before - 1 : before] == ":":  # it began on a line of its own
            return (Edit(Span(before, end), f" {new}"),)
    return (Edit(Span(start, end), _margin(text, start) + new),)


def _margin(text: str, at: int) -> str:
    """What must stand before brackets or a scalar at `at`: a list may begin at the column of its key, these may not."""
    if not text[line_start(text, at) : at].strip():
        return "  " if at else ""
    return "" if text[at - 1].isspace() else " "


def _collection(text: str, place: Spot, old: Span, value: dict[str, Value] | list[Value], style: Style) -> Edit:
    """A collection in lines where that is safe, otherwise in brackets."""
    column = column_of(text, place.element.start)
    if place.parent.kind is Kind.ARRAY:
        return Edit(Span(place.element.start, old.end), write_item(value, style, column))
    key_end = next(m.key_span.end for m in place.parent.members if m.key_span.start == place.element.start)
    colon = _COLON(text, key_end)
    if colon is None or text[colon.end() : old.start].strip():  # an anchor, a tag, a comment
        return Edit(old, _margin(text, old.start) + write_flow(value, style))
    return Edit(Span(colon.end(), old.end), write_below(value, style, column))


def remove_element(text: str, root: Node, path: Path) -> tuple[Edit, ...]:
    """Take out the pair or item at `path` with its comment. Raises ValueError when there is none of its own."""
    place = spot(text, root, path)
    if place.flow:
        return remove(_list(text, place.parent, place.elements), place.position)
    element = place.element
    first = leads(text, element.start)
    end = tail(text, element.value)
    if len(place.elements) == 1:
        return (_emptied(text, place),)
    if first:
        start, end = line_start(text, element.start), after_line_end(text, end)
        if end == len(text) and text[end - 1 : end] not in ("\n", "\r"):  # the file does not end with a line end
            start = len(text[:start].rstrip("\r\n")) if start else 0
        return (Edit(Span(start, end), ""),)
    following = _BLANK(text, end)
    assert following is not None
    return (Edit(Span(element.start, following.end()), ""),)


def _emptied(text: str, place: Spot) -> Edit:
    """A collection without its only element."""
    if len(place.parent.members) > 1:
        raise ValueError("the rest of the map comes from an anchor elsewhere")
    element, empty = place.element, "{}" if place.parent.kind is Kind.OBJECT else "[]"
    end = element.value.start + len(text[element.value.start : element.value.end].rstrip())
    before = len(text[: element.start].rstrip())
    if text[before - 1 : before] == ":":
        return Edit(Span(before, max(end, element.start)), f" {empty}")
    return Edit(Span(element.start, max(end, element.start)), _margin(text, element.start) + empty)


def insert_element(text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
    """Add a pair as last of its object, or an item before its position.

    Raises ValueError when the parent is missing or of the wrong kind, or the key exists.
    """
    if not path:
        raise ValueError("the root cannot be inserted")
    step = path[-1]
    (parent, flow), style = holder(text, root, path[:-1]), detect(text, root)
    placed = elements(text, parent)
    if isinstance(step, int):
        if parent.kind is not Kind.ARRAY or not 0 <= step <= len(parent.items):
            raise ValueError("no such position")
    elif parent.kind is not Kind.OBJECT or parent.get(step) is not None:
        raise ValueError("no object without this key")
    if flow:
        return _insert_flow(text, parent, placed, step, value, style)
    if not placed:
        raise ValueError("the pairs come from an anchor elsewhere")
    column = column_of(text, placed[0].start)
    new = write_item(value, style, column) if isinstance(step, int) else write_pair(step, value, style, column)
    margin = style.newline + " " * column
    if step == 0:
        return (Edit(Span(placed[0].start, placed[0].start), new + margin),)
    behind = placed[step - 1] if isinstance(step, int) else placed[-1]
    at = tail(text, behind.value)
    return (Edit(Span(at, at), margin + new),)


def _insert_flow(
    text: str, parent: Node, placed: tuple[Element, ...], step: str | int, value: Value, style: Style
) -> tuple[Edit, ...]:
    pad = style.list_pad if isinstance(step, int) else style.map_pad
    layout = Layout(style.newline, " " * style.unit, ", ", pad, multi=False)
    new = write_flow(value, style) if isinstance(step, int) else write_pair_flow(step, value, style)
    return insert(_list(text, parent, placed), step if isinstance(step, int) else len(placed), lambda *_: new, layout)


def _list(text: str, parent: Node, placed: tuple[Element, ...]) -> CommaList:
    spans = tuple(Span(element.start, max(element.start, element.value.end)) for element in placed)
    return CommaList(text, parent.span.start + 1, parent.span.end - 1, spans, "#")
