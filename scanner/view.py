"""A text taken out of another one, through quotes and escapes, that still knows where each character is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unsprawl.scanner.formats.literal import Piece
from unsprawl.scanner.record import NamedTuple


class View(NamedTuple):
    """`text`, whose character i is written at starts[i]:ends[i] of the text around it.

    Ranges where nothing is escaped, so that the usual case costs nothing.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def __repr__(self) -> str:  # the text may be a secret
        return f"View({len(self.text)} characters)"

    @classmethod
    def of(cls, text: str, offset: int = 0) -> View:
        """All of `text`, which begins at `offset`."""
        return cls(text, range(offset, offset + len(text)), range(offset + 1, offset + len(text) + 1))

    def cut(self, start: int, end: int) -> View:
        """Its characters start:end."""
        if start == 0 and end >= len(self.text):
            return self
        return View(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters start:end, at least one, are written."""
        return self.starts[start], self.ends[end - 1]

    def chosen(self, characters: Iterable[tuple[str, int, int]]) -> View:
        """A text made of (character, start, end): each stands for the characters start:end of this one."""
        text, starts, ends = [], [], []
        for character, start, end in characters:
            text.append(character)
            starts.append(self.starts[start])
            ends.append(self.ends[end - 1])
        return View("".join(text), starts, ends)

    def decoded(self, pieces: Iterable[Piece]) -> View:
        """What the runs and escapes of a string literal in this text spell."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for piece in pieces:
            text.append(piece.value)
            if piece.plain:
                starts += self.starts[piece.start : piece.end]
                ends += self.ends[piece.start : piece.end]
            else:
                starts += [self.starts[piece.start]] * len(piece.value)
                ends += [self.ends[piece.end - 1]] * len(piece.value)
        return View("".join(text), starts, ends)
