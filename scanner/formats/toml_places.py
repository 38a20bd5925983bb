"""Places in a TOML text that its edits share: lines of pairs, regions of sections, lists."""

from __future__ import annotations

import re

from unsprawl.scanner.formats.node import Edit, Span
from unsprawl.scanner.formats.sequence import CommaList, after_line, line_start
from unsprawl.scanner.formats.toml_syntax import Array, Header, Inline
from unsprawl.scanner.formats.toml_tables import Section

_TAIL = re.compile(r"[ \t]*#[^\n\r]*")
_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")


def comma_list(text: str, literal: Array | Inline) -> CommaList:
    """An array in brackets or a table in braces, for the shared list edits."""
    parts = literal.items if isinstance(literal, Array) else literal.pairs
    return CommaList(
        text, literal.span.start + 1, literal.span.end - 1, tuple(part.span for part in parts), line_comment="#"
    )


def tail(text: str, at: int) -> int:
    """Behind the comment that follows `at` on its line; `at` when there is none."""
    match = _TAIL.match(text, at)
    return match.end() if match else at


def whole_lines(text: str, span: Span) -> Span:
    """`span` from the start of its first line to the next line, with the comment behind it."""
    return Span(line_start(text, span.start), after_line(text, tail(text, span.end)))


def key_text(text: str, header: Header, length: int) -> str:
    """The first `length` parts of a header's key as written."""
    return text[header.keys[0].span.start : header.keys[length - 1].span.end]


def cut_sections(text: str, sections: list[Section], keep: str = "") -> list[Edit]:
    """Take out headers with their bodies and the blank lines behind; `keep` is a header to put in the first's place."""
    edits: list[Edit] = []
    if keep and sections:
        first, *sections = sections
        edits.append(Edit(Span(first.start, tail(text, first.end)), keep))
    regions = [whole_lines(text, Span(section.start, section.end)) for section in sections]
    regions = merge([Span(region.start, _behind_blank_lines(text, region.end)) for region in regions])
    if regions and regions[-1].end == len(text):
        regions[-1] = Span(_before_blank_lines(text, regions[-1].start), len(text))
    return edits + [Edit(region, "") for region in regions]


def merge(spans: list[Span]) -> list[Span]:
    """The same places in order, with those that touch made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _behind_blank_lines(text: str, at: int) -> int:
    match = _BLANK_LINES.match(text, at)
    return match.end() if match else at


def _before_blank_lines(text: str, at: int) -> int:
    """The start of the blank lines that end at `at`, which begins a line."""
    while at > 0:
        start = line_start(text, at - 2 if text.endswith("\r\n", 0, at) else at - 1)
        if text[start:at].strip():
            break
        at = start
    return at
