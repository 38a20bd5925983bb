"""How random a text looks: entropy, runs, repeats. Arithmetic only, no patterns of any vendor."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from math import log2

_WRAPS = frozenset({"90", "9a", "f0", "za"})
_RUN = re.compile(r"[A-Za-z0-9]{12,}")


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
    digits = ["0" <= char <= "9" for char in text]
    return sum(left != right for left, right in pairwise(digits))


def case_switches(text: str) -> int:
    """How often upper and lower case take turns: about every second time in random letters."""
    return sum(left.isupper() != right.isupper() for left, right in pairwise(text))


def has_random_run(text: str) -> bool:
    """Whether a stretch of twelve or more letters and digits is too mixed for words."""
    return any(switches(run) >= 3 and distinct(run) >= 6 for run in _RUN.findall(text))


def distinct(text: str) -> int:
    """How many different characters occur."""
    return len(set(text))


def longest_run(text: str) -> int:
    """The longest stretch of one character, case aside."""
    best = count = 0
    previous = ""
    for char in text.lower():
        count = count + 1 if char == previous else 1
        previous = char
        best = max(best, count)
    return best


def counting(text: str) -> float:
    """The share of neighbours that count up, count down or repeat: 1.0 for `0123456789`, 0.1 for random text."""
    if len(text) < 2:
        return 0.0
    lower = text.lower()
    counted = sum(-1 <= ord(right) - ord(left) <= 1 or left + right in _WRAPS for left, right in pairwise(lower))
    return counted / (len(lower) - 1)


def repeats(text: str) -> bool:
    """Whether it is one short unit, three times or more."""
    period = (text + text).find(text, 1)
    return period * 3 <= len(text)


def made_up(text: str) -> str:
    """Why nobody's random generator made `text`, or ""."""
    if not text:
        return "empty"
    if distinct(text) <= 2:
        return "one character over and over"
    if longest_run(text) * 4 >= len(text) and longest_run(text) >= 4:
        return "a run of one character"
    if len(text) >= 8 and counting(text) >= 0.6:
        return "a counting sequence"
    if len(text) >= 12 and repeats(text):
        return "a repeated pattern"
    if len(text) >= 16 and (distinct(text) < 5 or entropy(text) < 2.0):
        return "too regular to be random"
    return ""
