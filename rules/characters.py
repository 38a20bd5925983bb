"""Sets of characters as bit masks, so that a pattern's parts can be asked whether they may match the same text."""

from __future__ import annotations

import re
from typing import Any

REST = 1 << 128
"""Stands for everything outside of ASCII."""
ANY = (1 << 129) - 1
ENDLESS = 1 << 31
"""A repeat to at least this many has no upper bound."""
_CATEGORIES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_SPACE": " \t\n\r\f\v\x1c\x1d\x1e\x1f",
    "CATEGORY_WORD": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_",
}


def of(operation: Any, argument: Any, *, folded: bool) -> int | None:
    """The characters that one element of a parsed pattern matches; None when it is not one character."""
    match str(operation):
        case "LITERAL":
            return _span(argument, argument, folded)
        case "NOT_LITERAL":
            return ANY & ~_span(argument, argument, folded) | REST
        case "ANY":
            return ANY & ~_span(10, 10, False)
        case "IN":
            return _set(argument, folded)
        case _:
            return None


def _set(items: Any, folded: bool) -> int:
    mask, negated = 0, False
    for operation, argument in items:
        match str(operation):
            case "NEGATE":
                negated = True
            case "LITERAL":
                mask |= _span(argument, argument, folded)
            case "RANGE":
                mask |= _span(argument[0], argument[1], folded)
            case "CATEGORY":
                mask |= _category(str(argument))
    return ANY & ~mask | REST if negated else mask


def _category(name: str) -> int:
    """`\\d`, `\\w` and `\\s` are wider outside of ASCII, their opposites too."""
    opposite = name.replace("_NOT_", "_")
    known = sum(1 << ord(character) for character in _CATEGORIES.get(opposite, ""))
    return (ANY & ~known if opposite != name else known) | REST


def _span(first: int, last: int, folded: bool) -> int:
    mask = sum(1 << code for code in range(first, min(last, 127) + 1)) | (REST if last > 127 else 0)
    if folded:
        for code in range(65, 91):
            both = (1 << code) | (1 << (code + 32))
            if mask & both:
                mask |= both
    return mask


def members(spelled: str) -> int:
    """The set that `spelled` names between `[` and `]`."""
    from unsprawl.rules.patterns import parsed

    ((operation, argument),) = parsed(f"[{spelled}]")
    mask = of(operation, argument, folded=False)
    assert mask is not None
    return mask


def example(mask: int) -> str:
    """One character of the set, one that is easy on the eye where there is a choice."""
    for character in "a0A_-":
        if mask >> ord(character) & 1:
            return character
    return next((chr(code) for code in range(33, 128) if mask >> code & 1), "\u00e9" if mask & REST else " ")


def ignores_case(pattern: str) -> bool:
    """Whether any of it does: then all of it is taken to."""
    return bool(re.compile(pattern).flags & re.IGNORECASE) or re.search(r"\(\?[a-z]*i", pattern) is not None
