"""The stand-in that a server gets for a secret: as long and as shaped, random for each run, and marked as ours."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from math import log2
from typing import NamedTuple

from unsprawl.broker.wire.shape import LETTERS_AND_DIGITS, Shape, shapes
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.marked import MARKS, Mark, check, check_span, is_marked
from unsprawl.scanner.secret import Secret

_LEAST_RANDOM = 16
"""Bits besides the mark and its check. Nobody gains by guessing: a placeholder counts in this run's requests alone."""
_TRIES = 50
LONGEST = 16 * 1024
"""Longer values fit into no header."""


class _Room(NamedTuple):
    """Where in a shape a mark has room."""

    mark: Mark
    at: int


def placeholder_for(value: Secret, taken: Collection[str] = ()) -> str:
    """A new stand-in for `value`, which is none of `taken`, in none of them and has none of them in it.

    It is printable ASCII. Keys have it as long and as shaped as they are (a vendor's format keeps what all its
    keys have); a token reads as before, but for names, and is not signed. For passwords, short values (fewer than 16
    characters) and texts without room for the mark it is a plain word of 24 to 26 characters, behind the prefix
    of its vendor or the host of its address.

    Raises VaultError for a value that no request can carry.
    """
    text = value.reveal()
    why = unsendable(text)
    if why:
        raise VaultError(
            f"a value of this record {why}, and cannot be sent through the wire proxy",
            hint="Store it again without that, or start the server with plain `unsprawl run`.",
        )
    for shape in shapes(text):
        for room in _rooms(shape):
            for _ in range(_TRIES):
                made = _made(shape, room)
                apart = not any(made in other or other in made for other in taken)
                if apart and shape.fits(made) and is_marked(made) and made not in text:
                    return made
    raise AssertionError("a plain placeholder always has room")


def unsendable(text: str) -> str:
    """What is wrong with a value that no header can carry, or ""."""
    if not text:
        return "is empty"
    if len(text) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if text != text.strip(" \t\r\n"):
        return "begins or ends with blanks or a line end"
    if "\n" in text or "\r" in text:
        return "has several lines"
    if any(char < " " or char == "\x7f" for char in text):
        return "holds control characters"
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return "holds characters beyond Latin-1"
    return ""


def _rooms(shape: Shape) -> Iterator[_Room]:
    """Where the mark may stand, the first place for each kind of mark, if enough is left to be random."""
    choices = shape.choices
    for mark in MARKS:
        for at in range(len(choices) - len(mark.text)):
            end = at + len(mark.text)
            if not all(char in choices[at + offset] for offset, char in enumerate(mark.text)):
                continue
            last = end
            while last < min(len(choices), end + mark.longest) and set(mark.letters) <= set(choices[last]):
                last += 1
            # The check reaches to its full length, or to where the letters and digits end.
            ended = last == end + mark.longest or last == len(choices) or choices[last] not in LETTERS_AND_DIGITS
            if last - end < mark.shortest or not ended:
                continue
            random = sum(log2(len(choice)) for choice in (*choices[:at], *choices[last:]))
            if random >= _LEAST_RANDOM:
                yield _Room(mark, at)
                break


def _made(shape: Shape, room: _Room) -> str:
    text = "".join(map(secrets.choice, shape.choices))
    text = text[: room.at] + room.mark.text + text[room.at + len(room.mark.text) :]
    start, end = check_span(text, room.at, room.mark)
    return text[:start] + check(text, (start, end), room.mark) + text[end:]
