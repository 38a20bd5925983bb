"""The stand-in that a server gets for a secret: as long and as shaped, random for each run, and marked as ours."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterator, Sequence
from math import log2

from unsprawl.broker.wire.shape import LETTERS_AND_DIGITS, shapes
from unsprawl.scanner import known
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.marked import LEAST_RANDOM, MARKS, Mark, check, stretch
from unsprawl.scanner.placeholders import OF_PROXY, is_of_proxy
from unsprawl.scanner.secret import Secret

_LEAST_RANDOM = 14
"""Bits behind a mark and its check. Nobody gains by guessing: a placeholder counts in this run's requests alone."""
_TRIES = 50
_ALPHANUMERIC = frozenset(LETTERS_AND_DIGITS)
_UUID = re.compile("(?<!x)x{8}-x{4}-x{4}-x{4}-x{12}(?!x)")
_LAST_GROUP = 12
LONGEST = 16 * 1024
"""Longer values fit into no header."""


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
        places = _places(shape.choices)
        if not places:
            continue
        choices = _dull(shape.choices, places)
        for _ in range(_TRIES):
            made = _made(choices, places)
            apart = made not in text and not any(made in other or other in made for other in taken)
            if apart and shape.fits(made) and _is_known(made):
                return made
    raise AssertionError("a plain placeholder always has room")


def _is_known(made: str) -> bool:
    """Whether the scanner takes all of it for a placeholder. A format's fixed part may look random."""
    hit = known.find(made)
    return is_of_proxy(made) or (hit is not None and hit.covers(made) and hit.stand_in == OF_PROXY)


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


def _places(choices: Sequence[str]) -> list[tuple[int, Mark]]:
    """Where marks can stand: in each stretch of letters and digits the first place that has room, and in UUIDs."""
    skeleton = "".join("x" if set(choice) <= _ALPHANUMERIC else "-" if choice == "-" else "." for choice in choices)
    places = []
    for uuid in _UUID.finditer(skeleton):
        at = uuid.end() - _LAST_GROUP
        places += [(at, mark) for mark in MARKS if mark.uuid and _takes(choices, at, uuid.end(), mark)]
        skeleton = skeleton[: uuid.start()] + "." * len(uuid[0]) + skeleton[uuid.end() :]
    for word in re.finditer("x+", skeleton):
        room = next((room for mark in MARKS for room in _rooms(choices, *word.span(), mark)), None)
        places += [room] if room is not None else []
    return places


def _rooms(choices: Sequence[str], start: int, end: int, mark: Mark) -> Iterator[tuple[int, Mark]]:
    for at in range(start, end - len(mark.text) - mark.check - LEAST_RANDOM + 1):
        behind = at + len(mark.text) + mark.check
        if _takes(choices, at, behind, mark) and sum(log2(len(each)) for each in choices[behind:end]) >= _LEAST_RANDOM:
            yield at, mark


def _takes(choices: Sequence[str], at: int, end: int, mark: Mark) -> bool:
    """Whether the mark may stand at `at`, with a check behind it that reaches to `end`."""
    behind = at + len(mark.text)
    return all(char in choice for char, choice in zip(mark.text, choices[at:behind], strict=True)) and all(
        set(mark.letters) <= set(choice) for choice in choices[behind:end]
    )


def _dull(choices: Sequence[str], places: Sequence[tuple[int, Mark]]) -> list[str]:
    """Without numbers among letters where no mark is: random, that could be taken for a key of its own."""
    dull = list(choices)
    for word in re.finditer("x{12,}", "".join("x" if set(choice) <= _ALPHANUMERIC else "-" for choice in choices)):
        if not any(word.start() <= at < word.end() for at, _ in places):
            for at in range(*word.span()):
                dull[at] = "".join(filter(str.isdigit, choices[at])) or choices[at]
    return dull


def _made(choices: Sequence[str], places: Sequence[tuple[int, Mark]]) -> str:
    text = "".join(map(secrets.choice, choices))
    for at, mark in places:
        text = text[:at] + mark.text + text[at + len(mark.text) :]
    for at, mark in places:
        part = stretch(text, at, mark)
        if part is not None:  # it has the room; a UUID may lack the letters that would make it one
            start, end = part.check
            text = text[:start] + check(text, part, mark) + text[end:]
    return text
