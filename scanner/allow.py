"""Allow comments: `unsprawl:allow[rule] reason` beside a value, or alone on the line before it. Pure.

Only comments of the format itself count; the same words inside a string are just text.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter

from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Span
from unsprawl.scanner.model import ALLOW_MARK, Finding
from unsprawl.scanner.record import NamedTuple

_MARK = re.compile(rf"(?:(?<![\w:-])|(?<=--)){ALLOW_MARK}(?:\[([\w, \t-]*)\])?(?=[\s,;.*\\\"]|-->|\Z)")
_ONLY_SIGNS = re.compile(r"(?:[\s/*#<!>\":;@-]|(?i:rem)\b)*+")
"""What a line holds before a mark that stands in a comment of its own."""
_START, _LINE = attrgetter("start"), attrgetter("line")
_END = re.compile(r"[\n\r]|\*/|-->|\Z")
_LINE_END = re.compile(r"\r\n?|\n")


class Allowance(NamedTuple):
    """One allow comment."""

    line: int
    alone: bool
    """Whether nothing but comments is on its line."""
    rules: frozenset[str] | None
    """None: whatever the rule."""
    note: str
    comment: tuple[tuple[int, int], tuple[int, int]]
    """Where the comment begins and ends, as lines and columns."""
    mark: tuple[int, int]
    leads: bool
    """Whether nothing comes before the mark on its line, not even more of a comment."""


def allowances(document: Document, findings: Sequence[Finding], format_id: str = "") -> dict[str, Allowance]:
    """The allow comments that hold for some of the findings, by fingerprint.

    `format_id` says whose comments count, where that is not the format that the document was parsed as.
    """
    text = document.text
    if not findings or ALLOW_MARK not in text:
        return {}
    rows = _LINE_END.split(text) if document.codec.id == "text" else []
    lines = {finding.fingerprint: _lines(document, finding, rows) for finding in findings}
    near = _merged((first - 1, last) for first, last in lines.values())
    marks = []
    for mark in _MARK.finditer(text):
        line = document.lines.position(mark.start())[0]
        at = bisect_right(near, (line, math.inf)) - 1
        if at >= 0 and line <= near[at][1]:
            marks.append((line, mark))
    if not marks:
        return {}
    from unsprawl.scanner.formats.comments import comments

    spans = sorted(comments(format_id or document.codec.id, text))
    found = []
    for line, mark in marks:
        at = bisect_right(spans, mark.start(), key=_START) - 1
        around = spans[at] if at >= 0 else None
        if around is not None and mark.end() <= around.end:
            found.append(_allowance(document, line, mark, around, spans))
    held = ((finding, _holding(finding, *lines[finding.fingerprint], found)) for finding in findings)
    return {finding.fingerprint: allowance for finding, allowance in held if allowance is not None}


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same lines in ranges that do not overlap, from top to bottom."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return merged


def _lines(document: Document, finding: Finding, rows: Sequence[str]) -> tuple[int, int]:
    """The first and last line of the value that the finding is in: a block of several lines may begin with a mark.

    `rows` are the lines of a text without a format: a command that goes on over several has room for a comment only
    before them.
    """
    place = finding.place
    first, last = place.line, place.end_line
    if rows:
        while first > 1 and rows[first - 2].rstrip().endswith("\\"):
            first -= 1
        return first, last
    node = None if finding.commented else document.at(finding.slot.key_path)
    if node is not None:
        start, end = document.lines.position(node.span.start)[0], document.lines.position(node.span.end)[0]
        if start <= first and last <= end:
            return start, last
    return first, last


def _allowance(document: Document, line: int, mark: re.Match[str], comment: Span, spans: Sequence[Span]) -> Allowance:
    from unsprawl.scanner.formats.comments import line_start

    text = document.text
    end = _END.search(text, mark.end(), comment.end)
    note = text[mark.end() : end.start() if end else comment.end].strip(" \t,;.")
    rules = None if mark[1] is None else frozenset(re.split(r"[\s,]+", mark[1].strip()))
    position = document.lines.position
    places = position(comment.start), position(comment.end)
    leads = _ONLY_SIGNS.fullmatch(text, line_start(text, mark.start()), mark.start()) is not None
    # Without a format nothing tells whether a line goes on what another began: what stands before the mark does.
    alone = leads if document.codec.id == "text" else _alone(text, mark.start(), spans)
    return Allowance(line, alone, rules, note, places, position(mark.start()), leads)


def _alone(text: str, offset: int, spans: Sequence[Span]) -> bool:
    from unsprawl.scanner.formats.comments import line_end, line_start

    start, end = line_start(text, offset), line_end(text, offset)
    position = start
    for at in range(max(bisect_right(spans, start, key=_START) - 1, 0), len(spans)):
        span = spans[at]
        if span.start >= end:
            break
        if span.end > start:
            if text[position : span.start].strip():
                return False
            position = max(position, span.end)
    return not text[position:end].strip()


def _holding(finding: Finding, first: int, last: int, found: Sequence[Allowance]) -> Allowance | None:
    place = finding.place
    for at in range(bisect_left(found, first - 1, key=_LINE), len(found)):
        allowance = found[at]
        if allowance.line > last:
            break
        # What stands in a comment has only comments beside it: there a mark holds for its own line, or leads the next.
        above = allowance.leads if finding.commented else allowance.alone
        if allowance.line < first and not above:
            continue
        if allowance.rules is not None and finding.literal.rule not in allowance.rules:
            continue
        begin, end = (allowance.mark, allowance.mark) if finding.commented else allowance.comment
        if begin < (place.end_line, place.end_column) and (place.line, place.column) < end:
            continue  # broken text, in which a value was also taken for a comment
        return allowance
    return None
