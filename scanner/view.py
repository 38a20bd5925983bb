"""A text taken out of another one, through quotes and escapes, that still knows where each character is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence

from unsprawl.scanner.formats.literal import Piece
from unsprawl.scanner.record import NamedTuple


def positions() -> MutableSequence[int]:
    """Room for positions of characters, at eight bytes each: as objects, those of a few megabytes fill a gigabyte."""
    from array import array  # the commit hook mostly comes by no escape

    return array("q")


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
        text, starts, ends = list[str](), positions(), positions()
        for character, start, end in characters:
            text.append(character)
            starts.append(self.starts[start])
            ends.append(self.ends[end - 1])
        return View("".join(text), starts, ends)

    def decoded(self, pieces: Iterable[Piece]) -> View:
        """What the runs and escapes of a string literal in this text spell."""
        text, starts, ends = list[str](), positions(), positions()
        for piece in pieces:
            text.append(piece.value)
            if piece.plain:
                starts.extend(self.starts[piece.start : piece.end])
                ends.extend(self.ends[piece.start : piece.end])
            else:
                starts.extend([self.starts[piece.start]] * len(piece.value))
                ends.extend([self.ends[piece.end - 1]] * len(piece.value))
        return View("".join(text), starts, ends)

    def replaced(self, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], str]) -> View:
        """Each match of `pattern` as what `meaning` says of it; each character of that stands for the whole match."""
        return self.decoded(_pieces(self.text, pattern, meaning))


def _pieces(text: str, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], str]) -> Iterator[Piece]:
    at = 0
    for match in pattern.finditer(text):
        if at < match.start():
            yield Piece(at, match.start(), text[at : match.start()], plain=True)
        yield Piece(*match.span(), meaning(match))
        at = match.end()
    if at < len(text):
        yield Piece(at, len(text), text[at:], plain=True)
