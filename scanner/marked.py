"""The placeholders of `run --wire`: how one is told from a real key, whatever characters it is made of.

It has the shape of the secret that it stands for, and a mark in it; the characters behind the mark follow from all the
others. A key that somebody was given has that by no chance (rules/placeholders.yaml says how little), and it cannot be
made to look so: changed, it is no key any more. Whoever chooses a password may make it look like a placeholder.
"""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.rules.bundle import PLACEHOLDERS
from unsprawl.rules.load import compiled
from unsprawl.scanner.record import NamedTuple


class Mark(NamedTuple):
    """One way to mark."""

    text: str
    letters: str
    """What the check is made of."""
    shortest: int
    longest: int
    """Of the check: it ends where the letters and digits that the mark stands among end."""


MARKS = tuple(
    Mark(entry["mark"], entry["letters"], entry["check"]["min"], entry["check"]["max"])
    for entry in PLACEHOLDERS["proxy"]
)
REASON = "a placeholder of the wire proxy"
_NEEDS = tuple(mark.text for mark in MARKS)
_LONGEST = 16 * 1024
"""Longer texts are no placeholders."""
_MOST = 8
"""So many marks of one kind are looked at: each look takes as long as the text."""
_WORD = r"[A-Za-z0-9]*"
_AROUND = (_WORD, r"[A-Za-z0-9_-]*", r"[A-Za-z0-9_.~-]*", r"[A-Za-z0-9_.~:@-]*", r"[A-Za-z0-9_.~:@/+=|-]*")
"""What a placeholder within a longer text may be made of; the least that holds decides."""


def is_marked(text: str) -> bool:
    """Whether all of `text` is one placeholder."""
    return any(_holds(text, at, mark) for mark, at in _marks(text))


def marked(text: str) -> list[tuple[int, int]]:
    """Where in `text` placeholders stand, from left to right."""
    found: list[tuple[int, int]] = []
    if not any(need in text for need in _NEEDS):  # nearly every text
        return found
    if is_marked(text):
        return [(0, len(text))]
    places = sorted((at, mark) for mark, at in _marks(text))
    backwards = text[::-1]
    for at, mark in places:
        if found and at < found[-1][1]:
            continue
        for characters in _AROUND:
            before, behind = compiled(characters).match(backwards, len(text) - at), compiled(characters).match(text, at)
            assert before is not None  # they match nothing at all, too
            assert behind is not None
            start, end = len(text) - before.end(), behind.end()
            if _holds(text[start:end], at - start, mark):
                found.append((start, end))
                break
    return found


def check_span(text: str, at: int, mark: Mark) -> tuple[int, int]:
    """Where the check of the mark at `at` stands."""
    start = at + len(mark.text)
    word = compiled(_WORD).match(text, start)
    assert word is not None
    return start, min(word.end(), start + mark.longest)


def check(text: str, span: tuple[int, int], mark: Mark) -> str:
    """What must stand at `span` of `text`; what does stand there does not count."""
    from hashlib import blake2b

    rest = f"{text[: span[0]]}\n{text[span[1] :]}".encode("utf-8", "surrogatepass")
    number = int.from_bytes(blake2b(rest, digest_size=16, person=b"unsprawl").digest(), "big")
    made = ""
    for _ in range(*span):
        number, letter = divmod(number, len(mark.letters))
        made += mark.letters[letter]
    return made


def _marks(text: str) -> Iterator[tuple[Mark, int]]:
    if len(text) > _LONGEST:
        return
    for mark in MARKS:
        at = text.find(mark.text)
        for _ in range(_MOST):
            if at < 0:
                break
            yield mark, at
            at = text.find(mark.text, at + 1)


def _holds(text: str, at: int, mark: Mark) -> bool:
    start, end = check_span(text, at, mark)
    return end - start >= mark.shortest and text[start:end] == check(text, (start, end), mark)
