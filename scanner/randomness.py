"""How random a text looks: entropy, runs, repeats. Arithmetic only, no patterns of any vendor."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from math import log2

from unsprawl.rules.load import compiled

_WRAPS = frozenset({"90", "9a", "f0", "za"})
_FOUR_ALIKE = r"(?i:(.)\1\1\1)"
_RUN = r"[A-Za-z0-9]{12,}"
_VOWELS = r"[aeiouy]"
_SHORTEST_RANDOM = 16


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    if not text:
        return 0.0
    length = len(text)
    return -sum(count / length * log2(count / length) for count in Counter(text).values())


def classes(text: str) -> int:
    """How many of lower case, upper case and digits occur."""
    return (text.lower() != text) + (text.upper() != text) + any("0" <= char <= "9" for char in text)


def switches(text: str) -> int:
    """How often letters and digits take turns: words with a number have one or two, random text many."""
    return sum(1 for _ in groupby(text, str.isdigit)) - 1 if text else 0


def case_switches(text: str) -> int:
    """How often upper and lower case take turns: about every second time in random letters."""
    return sum(left.isupper() != right.isupper() for left, right in pairwise(text))


def has_random_run(text: str) -> bool:
    """Whether a stretch of twelve or more letters and digits is too mixed for words."""
    return len(text) >= 12 and any(switches(run) >= 3 and distinct(run) >= 6 for run in compiled(_RUN).findall(text))


def looks_random(text: str) -> bool:
    """Whether no person made `text` of words: mixed with digits, in random case, or letters that cannot be spoken."""
    if has_random_run(text):
        return True
    plain = "".join(filter(str.isalnum, text))
    if len(plain) < _SHORTEST_RANDOM or distinct(plain) < 8:
        return False
    if case_switches(plain) >= 0.3 * len(plain):
        return True
    if not plain.isalpha():
        return switches(plain) >= 5 and distinct(plain) >= 10
    vowels = sum(map(plain.lower().count, "aeiou"))
    unspoken = max(map(len, compiled(_VOWELS).split(plain.lower())))
    return unspoken >= 5 and vowels < 0.3 * len(plain)


def distinct(text: str) -> int:
    """How many different characters occur."""
    return len(set(text))


def longest_run(text: str) -> int:
    """The longest stretch of one character, case aside."""
    return max((sum(1 for _ in stretch) for _, stretch in groupby(text.lower())), default=0)


def counting(text: str) -> float:
    """The share of neighbours that count up, count down or repeat: 1.0 for `0123456789`, 0.1 for random text."""
    if len(text) < 2:
        return 0.0
    lower = text.lower()
    codes = [ord(char) for char in lower]
    counted = sum([-1 <= right - left <= 1 for left, right in pairwise(codes)])
    return (counted + sum(lower.count(wrap) for wrap in _WRAPS)) / (len(lower) - 1)


def repeats(text: str) -> bool:
    """Whether it is one short unit, three times or more."""
    period = (text + text).find(text, 1)
    return period * 3 <= len(text)


def made_up(text: str) -> str:
    """Why nobody's random generator made `text`, or ""."""
    if not text:
        return "empty"
    kinds = distinct(text)
    if (kinds == 1 and len(text) > 2 and not text.isdigit()) or (kinds <= 2 and len(text) >= 8):
        return "one character over and over"
    run = longest_run(text) if compiled(_FOUR_ALIKE).search(text) else 0
    if run * 4 >= len(text) and run >= (6 if text.isdigit() else 4):
        return "a run of one character"
    if len(text) >= 8 and counting(text) >= (0.6 if len(text) >= 12 else 0.75):
        return "a counting sequence"
    if len(text) >= 12 and repeats(text):
        return "a repeated pattern"
    if len(text) >= 16 and (kinds < 5 or (kinds < 12 and entropy(text) < 2.0)):
        return "too regular to be random"
    return ""
