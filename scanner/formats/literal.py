"""Where the characters of a decoded string stand in its written form."""

from __future__ import annotations

from collections.abc import Iterable

from unsprawl.scanner.formats.node import Span
from unsprawl.scanner.record import NamedTuple


class Piece(NamedTuple):
    """A run of a written string literal and the part of the value it stands for.

    Plain runs are as long as their value; an escape stands for one character, a line continuation for none.
    """

    start: int
    end: int
    value: str
    plain: bool = False

    def __repr__(self) -> str:  # values may be secrets
        return f"Piece({self.start}:{self.end})"


def locate(pieces: Iterable[Piece], content_end: int, start: int, end: int) -> Span:
    """The written place of characters start:end of the value that `pieces` spell.

    `content_end` is the offset of the closing quote. Raises ValueError when the range is not inside the value.
    """
    if not 0 <= start <= end:
        raise ValueError("not a part of the value")
    seen = 0
    first: int | None = None
    for piece in pieces:
        after = seen + len(piece.value)
        if first is None and seen <= start < after:
            first = piece.start + (start - seen if piece.plain else 0)
            if start == end:
                return Span(first, first)
        if first is not None and end <= after:
            return Span(first, piece.start + end - seen if piece.plain else piece.end)
        seen = after
    if start == end == seen:
        return Span(content_end, content_end)
    raise ValueError("not a part of the value")
