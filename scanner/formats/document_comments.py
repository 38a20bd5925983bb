"""What looks like a comment in prose, code and scripts: told by its own line alone, since languages are mixed there.

Only lines that hold an allow mark are looked at: nothing else asks for these comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.formats.comments import line_end, line_start
from unsprawl.scanner.formats.node import Span
from unsprawl.scanner.model import ALLOW_MARK

_OPENING = re.compile(
    r"\\."  # whatever is escaped begins nothing
    r"|\"\"\"|'''|\"|(?<!\w)'|`"
    r"|<!--|/\*|(?<![^\s;,(){}\[\]\"'>])(?:#|//)"
    rf"|(?<![^\s@&;,)])(?:--|::|(?i:rem)(?=[ \t]))(?=[ \t]*+{ALLOW_MARK})"
)
"""What may begin a string or a comment in any of the languages that documents are written in."""
_STRINGS = {quote: re.compile(rf"(?:[^{quote}\\]|\\.)*+{quote}") for quote in "\"'`"}
"""What is left of a string behind its first quote."""
_CLOSED_BY = {"<!--": "-->", "/*": "*/"}


def line_comments(text: str) -> Iterator[Span]:
    """The comments on lines with a mark, in order. Of several in one another, each ends where the next one begins."""
    position = text.find(ALLOW_MARK)
    while position >= 0:
        start, end = line_start(text, position), line_end(text, position)
        yield from (Span(start + span.start, start + span.end) for span in _in_line(text[start:end]))
        position = text.find(ALLOW_MARK, end)


def cell_comments(text: str) -> Iterator[Span]:
    """The same in a notebook, whose lines are strings of JSON."""
    position = text.find(ALLOW_MARK)
    while position >= 0:
        start, end = line_start(text, position), line_end(text, position)
        # Of the same length: what is found keeps its place.
        plain = text[start:end].replace(r"\\", "  ").replace(r"\"", ' "')
        at = position - start
        opening = max(plain.find('"', 0, at), plain.rfind(r"\n", 0, at) + 1) + 1
        closing = min(found for found in (plain.find(r"\n", at), plain.rfind('"', at), len(plain)) if found >= 0)
        spans = _in_line(plain[opening:closing])
        yield from (Span(start + opening + span.start, start + opening + span.end) for span in spans)
        position = text.find(ALLOW_MARK, start + closing)


def _in_line(line: str) -> Iterator[Span]:
    begin, position = -1, 0
    unclosed: set[str] = set()
    while match := _OPENING.search(line, position):
        sign, position = match[0], match.end()
        if sign in _STRINGS:
            if begin < 0 and sign not in unclosed:
                string = _STRINGS[sign].match(line, position)
                if string is not None:
                    position = string.end()
                else:  # it ends a string over several lines, or is none. No second look: that could take long
                    unclosed.add(sign)
        elif sign[0] not in "\\\"'":
            if begin >= 0:
                yield Span(begin, match.start())
            begin = match.start()
            end = line.find(_CLOSED_BY[sign], position) if sign in _CLOSED_BY and sign not in unclosed else -1
            if end < 0:
                unclosed.add(sign)
            else:
                position = end + len(_CLOSED_BY[sign])
                yield Span(begin, position)
                begin = -1
    if begin >= 0:
        yield Span(begin, len(line))
