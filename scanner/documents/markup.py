"""HTML within Markdown: the code that stands in `<pre>`, without its tags and entities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from unsprawl.scanner.view import View

_PRE = re.compile(r"<(pre|code)\b[^>]{0,300}>")
_PIECE = re.compile(r"</?[A-Za-z][^<>]{0,300}>|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_LONGEST = 64 * 1024


def code(view: View) -> Iterator[View]:
    """What is marked as code, as a browser shows it."""
    text, at = view.text, 0
    closes: dict[str, int] = {}
    while (opening := _PRE.search(text, at)) is not None:
        tag = opening[1]
        if closes.get(tag, 0) < opening.end():
            found = text.find(f"</{tag}>", opening.end())
            closes[tag] = len(text) + 1 if found < 0 else found
        close = closes[tag]
        at = opening.end()
        if close <= min(len(text), at + _LONGEST):
            yield _shown(view.cut(at, close))
            at = close


def _shown(view: View) -> View:
    return view.replaced(_PIECE, lambda match: "" if match[0][0] == "<" else unescape(match[0]))
