"""Blocks that show a change: what they hold, without the signs before their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Found, Page, Passage, read_within
from unsprawl.scanner.view import View

_SIGN = re.compile(r"^(?:[+-](?![+-]{2})|@@[^\n\r]*+|(?:diff|index|---|\+\+\+)[ ][^\n\r]*+)", re.MULTILINE)


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """The lines, old and new ones."""
    text, starts, ends, at = [], list[int](), list[int](), 0
    view = passage.view
    for sign in (*_SIGN.finditer(view.text), None):
        stop = sign.start() if sign else len(view.text)
        text.append(view.text[at:stop])
        starts += view.starts[at:stop]
        ends += view.ends[at:stop]
        at = sign.end() if sign else stop
    inner = View("".join(text), starts, ends)
    yield from read_within(page, Passage(inner, (*passage.path, "block", 0), ""))
