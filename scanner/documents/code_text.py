"""What string literals of source text say, character by character with its place; joined ones as one text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from unsprawl.scanner.documents.code_tokens import Style
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.view import View

_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|u\{([0-9A-Fa-f]{1,6})\}|([0-7]{1,3})|(\r\n|[\s\S]))"
)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b", "0": "\0"}
_NOTHING = ("\n", "\r\n", "\r")


class Part(NamedTuple):
    """A stretch of a text: of a literal, or what an expression puts there, which has a name."""

    start: int
    end: int
    name: str = ""
    """Of an expression: as far as it has one (`config.token`), else `?`."""
    literal: View | None = None

    def __repr__(self) -> str:  # the text may be a secret
        return f"Part({'expression' if self.name else 'literal'})"

    @property
    def text(self) -> str:
        """What it says; an expression is a reference to its name."""
        return f"${{{_plain(self.name)}}}" if self.literal is None else self.literal.text

    @property
    def view(self) -> View:
        """What it says, with places: all of an expression stands for each of its characters."""
        if self.literal is not None:
            return self.literal
        text = self.text
        return View(text, (self.start,) * len(text), (self.end,) * len(text))


def literal(whole: View, start: int, end: int, style: Style, *, keeps_escapes: bool) -> View:
    """What the literal with content start:end says; its characters know where they stand in `whole`."""
    view = whole.cut(start, end)
    form = style.form
    if form.escape == "backslash" and not style.raw and "\\" in view.text:
        view = view.replaced(_ESCAPE, lambda match: _meaning(match, keeps_escapes))
    elif form.escape == "doubled" and form.close * 2 in view.text:
        view = _single(view, (form.close,))
    if style.holes and form.hole_twice and ("{{" in view.text or "}}" in view.text):
        view = _single(view, ("{", "}"))
    return view


def _plain(name: str) -> str:
    """The variable that a chain of names ends with, as references spell it."""
    if not name.isidentifier():
        name = re.split(r"\.|::|->", name)[-1].strip("$@")
    return name if name.isidentifier() else "value"


def joined(parts: Sequence[Part]) -> View:
    """The parts as one text."""
    if len(parts) == 1:
        return parts[0].view
    starts: list[int] = []
    ends: list[int] = []
    for part in parts:
        view = part.view
        starts += view.starts
        ends += view.ends
    return View("".join(part.text for part in parts), starts, ends)


def stretch(view: View, start: int, end: int) -> tuple[int, int]:
    """Where the characters start:end are written; of what is written in several places, the longest stretch."""
    best, first = (view.starts[start], view.ends[start]), start
    for at in range(start, end):
        if at + 1 == end or not 0 <= view.starts[at + 1] - view.ends[at] <= _GAP:
            if at - first >= 0 and view.ends[at] - view.starts[first] > best[1] - best[0]:
                best = view.starts[first], view.ends[at]
            first = at + 1
    return best


_GAP = 200
"""Between the parts of one text: quotes, signs that join, a line end with an indentation."""


def _meaning(match: re.Match[str], keeps_unknown: bool) -> str:
    code = match[1] or match[2] or match[3] or match[4]
    if code is not None:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "?"
    if match[5] is not None:
        return chr(int(match[5], 8))
    character = match[6]
    if character in _NOTHING:
        return ""
    if character in _SHORT:
        return _SHORT[character]
    return match[0] if keeps_unknown and character.isalnum() else character


def _single(view: View, signs: Iterable[str]) -> View:
    """The text in which each of the signs is written twice."""
    doubled = re.compile("|".join(re.escape(sign * 2) for sign in signs))
    return view.replaced(doubled, lambda match: match[0][0])
