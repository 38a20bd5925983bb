"""The comments of a program as a program of their own: an entry that is commented out still holds its secret."""

from __future__ import annotations

import re

from unsprawl.scanner.formats.node import Span

_COMMENT_LEAD = re.compile(r"^[ \t]*(?://+!?|/\*+|#+|\*(?!\*)|--+(?:\[\[)?|<!--)", re.MULTILINE)
_COMMENT_END = re.compile(r"\*/|-->")
_QUOTE = re.compile(r"[\"'`]")


def uncommented(text: str, comments: tuple[Span, ...]) -> str:
    """The text with nothing but what its comments say, in place; "" where none of them holds a literal."""
    if not any(_QUOTE.search(text, span.start, span.end) for span in comments):
        return ""
    pieces, at = [], 0
    for span in comments:
        pieces.append(_blank(text[at : span.start]))
        said = _COMMENT_LEAD.sub(lambda lead: " " * len(lead[0]), text[span.start : span.end])
        pieces.append(_COMMENT_END.sub(lambda end: " " * len(end[0]), said))
        at = span.end
    pieces.append(_blank(text[at:]))
    return "".join(pieces)


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]+", lambda line: " " * len(line[0]), text)
