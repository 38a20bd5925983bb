"""Foreign names in a document that others render: as code that nothing in them can end, or as plain words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from unsprawl.scanner.redact import one_line

LONGEST = 200
_TICKS = re.compile(r"`+")
_OPENED = re.compile(r"(?<!`)(`+) ?$")
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&@-])")


class Markdown:
    """Writes foreign text; known values are taken out of it before anything is escaped, after which none would be known
    again."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean

    def code(self, text: str) -> str:
        """A code span that shows the text: no link, markup, mention or line end in it counts."""
        shown = one_line(self._clean(text))
        return _span(shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}...")

    def command(self, text: str) -> str:
        """The same for what somebody types: all of it, since a part would do something else."""
        return _span(one_line(self._clean(text)))

    def words(self, text: str) -> str:
        """A sentence of ours that may hold foreign names: code spans that are closed stay, all else is escaped."""
        text = one_line(self._clean(text))
        pieces = text.split("`")
        if len(pieces) % 2 == 0:  # a tick without its other one
            return _escaped(text)
        return "".join(self.code(piece) if at % 2 else _escaped(piece) for at, piece in enumerate(pieces) if piece)


def _span(shown: str) -> str:
    if not shown.strip():
        return "(no name)"
    runs = {len(run) for run in _TICKS.findall(shown)}
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def behind_ticks(line: str, begin: str) -> str:
    """What follows `begin` in a line, to the end of the code span that `begin` begins; "" where it is not there."""
    before, _, rest = line.partition(begin)
    opened = _OPENED.search(before)
    length = len(opened[1]) if opened is not None else 1
    end = next((run.start() for run in _TICKS.finditer(rest) if len(run[0]) == length), len(rest))
    return rest[:end]


def _escaped(text: str) -> str:
    escaped = _MARKS.sub(r"\\\1", text)
    return escaped.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")


def link(address: str) -> str:
    """An address of our own rules, as one that can be clicked."""
    return f"<{address}>"
