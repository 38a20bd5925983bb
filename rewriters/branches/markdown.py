"""Foreign names in a document that others render: as code that nothing in them can end, or as plain words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from unsprawl.scanner.redact import one_line

LONGEST = 200
_TICKS = re.compile(r"`+")
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&@-])")


class Markdown:
    """Writes foreign text; known values are taken out of it before anything is escaped, after which none would be known
    again."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean

    def code(self, text: str) -> str:
        """A code span that shows the text: no link, markup, mention or line end in it counts."""
        shown = one_line(self._clean(text))
        shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."
        if not shown.strip():
            return "(no name)"
        runs = {len(run) for run in _TICKS.findall(shown)}
        fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
        pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
        return f"{fence}{pad}{shown}{pad}{fence}"

    def words(self, text: str) -> str:
        """A sentence of ours that may hold foreign names: code spans that are closed stay, all else is escaped."""
        text = one_line(self._clean(text))
        pieces = text.split("`")
        if len(pieces) % 2 == 0:  # a tick without its other one
            return _escaped(text)
        return "".join(self.code(piece) if at % 2 else _escaped(piece) for at, piece in enumerate(pieces) if piece)


def _escaped(text: str) -> str:
    escaped = _MARKS.sub(r"\\\1", text)
    return escaped.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")


def link(address: str) -> str:
    """An address of our own rules, as one that can be clicked."""
    return f"<{address}>"
