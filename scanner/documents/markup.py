"""HTML within Markdown: the code that stands in `<pre>`, without its tags and entities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from unsprawl.scanner.formats.literal import Piece
from unsprawl.scanner.view import View

_PRE = re.compile(r"<(pre|code)\b[^>]{0,300}>")
_PIECE = re.compile(r"</?[A-Za-z][^<>]{0,300}>|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_LONGEST = 64 * 1024


def code(view: View) -> Iterator[View]:
    """What is marked as code, as a browser shows it."""
    text, at = view.text, 0
    while (opening := _PRE.search(text, at)) is not None:
        close = text.find(f"</{opening[1]}>", opening.end(), opening.end() + _LONGEST)
        at = opening.end() if close < 0 else close
        if close >= 0:
            yield _shown(view.cut(opening.end(), close))


def _shown(view: View) -> View:
    pieces, at = [], 0
    for match in _PIECE.finditer(view.text):
        if at < match.start():
            pieces.append(Piece(at, match.start(), view.text[at : match.start()], plain=True))
        pieces.append(Piece(*match.span(), "" if match[0][0] == "<" else unescape(match[0])))
        at = match.end()
    if at < len(view.text):
        pieces.append(Piece(at, len(view.text), view.text[at:], plain=True))
    return view.decoded(pieces)
