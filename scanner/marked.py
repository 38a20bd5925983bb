"""The placeholders of `run --wire`: how one is told from a real key, whatever characters it is made of.

It has the shape of the secret that it stands for, and marks in it; the characters behind a mark follow from the others.
A key that somebody was given has that by no chance (rules/placeholders.yaml says how little), and cannot be made
to look so: changed, it is no key any more. Who chooses a password himself may make it look like a placeholder.
"""

from __future__ import annotations

from unsprawl.rules.bundle import PLACEHOLDERS
from unsprawl.rules.load import compiled
from unsprawl.scanner.jwt import claims
from unsprawl.scanner.record import NamedTuple


class Mark(NamedTuple):
    """One way to mark."""

    text: str
    letters: str
    """What the check is made of."""
    check: int
    """How long the check is."""
    uuid: bool
    """Whether it may begin the last group of a UUID, of which the check then is the rest."""


class Stretch(NamedTuple):
    """What belongs to a mark: all behind it up to the end of the letters and digits, or the UUID around it."""

    start: int
    end: int
    check: tuple[int, int]


MARKS = tuple(
    Mark(entry["mark"], entry["letters"], entry["check"], entry.get("uuid", False)) for entry in PLACEHOLDERS["proxy"]
)
LEAST_RANDOM = 3
"""So many characters must follow the check."""
_MOST = 100
"""So many marks of one kind are looked at."""
_LONGEST = 4096
"""Longer stretches are no placeholder's."""
_WORD = r"[A-Za-z0-9]*"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UNSIGNED = r"\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
"""Backwards."""
_BEFORE_LAST_GROUP = 24


def marked(text: str) -> list[tuple[int, int]]:
    """Where in `text` placeholders stand, or those parts of one that would be random, from left to right."""
    found: list[tuple[int, int]] = []
    for mark in MARKS:
        at = text.find(mark.text)
        for _ in range(_MOST):
            if at < 0:
                break
            part = stretch(text, at, mark)
            if part is not None and text[slice(*part.check)] == check(text, part, mark):
                found.append((_token_start(text, part), part.end))
            at = text.find(mark.text, at + 1)
    return sorted(found)


def stretch(text: str, at: int, mark: Mark) -> Stretch | None:
    """What belongs to the mark at `at`; None where it has not the room that it has in a placeholder."""
    behind = at + len(mark.text)
    word = compiled(_WORD).match(text, behind, behind + _LONGEST)
    assert word is not None  # it matches nothing at all, too
    end, first = word.end(), at - _BEFORE_LAST_GROUP
    if mark.uuid and first >= 0 and compiled(_UUID).fullmatch(text, first, end):
        return Stretch(first, end, (behind, end))
    if not mark.check + LEAST_RANDOM <= end - behind < _LONGEST:
        return None
    return Stretch(at, end, (behind, behind + mark.check))


def _token_start(text: str, part: Stretch) -> int:
    """Where the JSON Web Token begins of which the stretch is the signature; else where the stretch does.

    What is before the signature can be read, and is no key without it.
    """
    before = text[max(0, part.start - _LONGEST) : part.start]
    body = compiled(_UNSIGNED).match(before[::-1]) if before.endswith(".") else None
    start = part.start - (body.end() if body is not None else 0)
    return start if body is not None and claims(text[start : part.end]) is not None else part.start


def check(text: str, part: Stretch, mark: Mark) -> str:
    """What must stand in `part` as the check; what does stand there does not count."""
    from hashlib import blake2b

    start, end = part.check
    rest = f"{text[part.start : start]}\n{text[end : part.end]}".encode("ascii")
    number = int.from_bytes(blake2b(rest, digest_size=16, person=b"unsprawl").digest(), "big")
    made = ""
    for _ in range(start, end):
        number, letter = divmod(number, len(mark.letters))
        made += mark.letters[letter]
    return made
