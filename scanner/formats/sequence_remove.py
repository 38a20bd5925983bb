"""Remove one element of a comma-separated list, with what belongs to it and nothing else."""

from __future__ import annotations

from unsprawl.scanner.formats.node import Edit, Span
from unsprawl.scanner.formats.sequence import BLANKS, CommaList, after_line, line_start, re_end


def remove(a_list: CommaList, index: int) -> tuple[Edit, ...]:
    """Take out an element, one comma, the comment behind it, and its line when it stands alone there.

    A comma that was there behind the last element stays; none is left behind where there was none.
    """
    text, (start, end) = a_list.text, a_list.elements[index]
    comma = a_list.comma_after(index)
    same_line = comma is not None and not _breaks(text[end:comma])
    tail_from = comma + 1 if comma is not None and same_line else end
    tail, reaches_end, _ = a_list.own_tail(tail_from)
    if not reaches_end:
        tail = tail_from  # what follows belongs to the next on the line
    if len(a_list.elements) == 1:
        gone = [Span(start, max(tail, end))]
        if comma is not None:
            gone.append(Span(comma, comma + 1))
        if not a_list.has_other_text(gone):
            return _cut(Span(a_list.start, a_list.end))
    head = a_list.head(index)
    leads_comma = head is not None and "," in head
    if leads_comma and same_line:
        head, leads_comma = None, False  # one comma before and one behind: only one may go
    spans: list[Span] = []
    if comma is not None and not same_line and not leads_comma:
        spans.append(Span(comma, re_end(BLANKS, text, comma + 1)))
    last = index == len(a_list.elements) - 1
    previous = a_list.comma_after(index - 1) if index and comma is None and last and not leads_comma else None
    if head is not None and reaches_end:
        spans.append(Span(start - len(head), after_line(text, tail)))
        if previous is not None:
            spans.append(Span(previous, previous + 1))
    elif previous is not None:
        spans += _with_comma_before(a_list, previous, a_list.elements[index])
    else:
        spans.append(_inline(a_list, index, tail if index == 0 else tail_from, head))
    return _cut(*spans)


def _with_comma_before(a_list: CommaList, comma: int, element: Span) -> list[Span]:
    text = a_list.text
    if not text[comma + 1 : element.start].strip():
        return [Span(comma, element.end)]
    return [Span(comma, comma + 1), Span(_blank_before(a_list, comma + 1, element.start), element.end)]


def _blank_before(a_list: CommaList, bound: int, start: int) -> int:
    """Where the whitespace begins that goes with a last element; the end of a line comment must stay."""
    tail, _, blocked = a_list.own_tail(bound)
    if blocked or a_list.text[tail:start].strip():
        return len(a_list.text[:start].rstrip(" \t"))
    return tail


def _inline(a_list: CommaList, index: int, tail: int, head: str | None) -> Span:
    """The span of an element that shares its line with others; with its comma and comment it ends at `tail`."""
    text, start = a_list.text, a_list.elements[index].start
    if head is not None and "," in head:
        comma = start - len(head.lstrip())
        before = a_list.elements[index - 1].end
        last = index + 1 == len(a_list.elements)
        return Span(before if last and not text[before:comma].strip() else comma, a_list.elements[index].end)
    if index + 1 == len(a_list.elements):
        bound = a_list.bound(index)
        if text[bound:start].strip():
            bound = _blank_before(a_list, bound, start) if index else start
        return Span(bound, tail)
    following = a_list.elements[index + 1].start
    if not text[tail:following].strip() and (index == 0 or not _breaks(text[tail:following])):
        return Span(start, following)
    if line_start(text, start) <= a_list.bound(index) and not text[a_list.bound(index) : start].strip():
        return Span(a_list.bound(index) if index else start, tail)
    return Span(start, re_end(BLANKS, text, tail))


def _breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _cut(*spans: Span) -> tuple[Edit, ...]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(Edit(span, "") for span in merged)
