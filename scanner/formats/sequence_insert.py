"""Add one element to a comma-separated list in the style of its neighbours."""

from __future__ import annotations

from unsprawl.scanner.formats.node import Edit, Span
from unsprawl.scanner.formats.sequence import BLANKS, CommaList, Layout, Render, line_indent, re_end


def insert(a_list: CommaList, index: int, render: Render, layout: Layout) -> tuple[Edit, ...]:
    """Put a new element before position `index`, or behind the last. Never adds a comma that nothing asks for."""
    if not a_list.elements:
        return (_first(a_list, render, layout),)
    if index >= len(a_list.elements):
        return _append(a_list, render, layout)
    return (_before(a_list, index, render, layout),)


def _put(at: int, text: str) -> Edit:
    return Edit(Span(at, at), text)


def _first(a_list: CommaList, render: Render, layout: Layout) -> Edit:
    text, start, end = a_list.text, a_list.start, a_list.end
    content = text[start:end]
    written = start + len(content.rstrip())
    rest = text[written:end]
    breaks = "\n" in rest or "\r" in rest
    outer = line_indent(text, end if breaks else start)
    inner = outer + layout.unit
    if written > start:  # only comments between the brackets
        return _put(written, layout.newline + inner + render(inner, True) if breaks else " " + render(outer, False))
    if breaks or layout.multi:
        return Edit(Span(start, end), layout.newline + inner + render(inner, True) + layout.newline + outer)
    pad = content or layout.pad
    return Edit(Span(start, end), pad + render(outer, False) + pad)


def _append(a_list: CommaList, render: Render, layout: Layout) -> tuple[Edit, ...]:
    text, last = a_list.text, len(a_list.elements) - 1
    end = a_list.elements[last].end
    comma = a_list.comma_after(last)
    after = end if comma is None else comma + 1
    tail, ends_line, blocked = a_list.own_tail(after)
    head = a_list.head(last)
    if head is not None:
        if ends_line:
            tail = re_end(BLANKS, text, tail)
        if "," in head and comma is None:  # commas lead the lines
            return (_put(tail, layout.newline + head + render(_indent(head), True)),)
        lead = layout.newline + _indent(head)
        new = lead + render(_indent(head), True)
    elif blocked:
        lead = line_indent(text, end) + layout.unit
        new = layout.newline + lead + render(lead, True)
    else:
        new = _separator(a_list, layout)[1:] + render(line_indent(text, end), False)
    if comma is not None:
        return (_put(tail, new + ","),)
    return (_put(tail, "," + new),) if tail == end else (_put(end, ","), _put(tail, new))


def _before(a_list: CommaList, index: int, render: Render, layout: Layout) -> Edit:
    start = a_list.elements[index].start
    head = a_list.head(index)
    if head is None:
        return _put(start, render(line_indent(a_list.text, start), False) + _separator(a_list, layout))
    if "," in head:
        return _put(start, render(_indent(head), True) + layout.newline + head)
    # Behind the line of the one before, so that comments above the element stay above it.
    tail, reaches_end, _ = a_list.own_tail(a_list.bound(index))
    new = render(_indent(head), True) + ","
    if reaches_end:
        return _put(tail, layout.newline + _indent(head) + new)
    return _put(start, new + layout.newline + _indent(head))


def _indent(head: str) -> str:
    return head[: len(head) - len(head.lstrip())]


def _separator(a_list: CommaList, layout: Layout) -> str:
    """Comma and space as between the last two elements, where these stand on one line."""
    if len(a_list.elements) > 1:
        gap = a_list.text[a_list.elements[-2].end : a_list.elements[-1].start]
        if not gap.strip(" \t,") and gap.count(",") == 1:
            return "," + gap.partition(",")[2]
    return layout.separator
