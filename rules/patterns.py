"""What makes a pattern fit for rules: plain enough for RE2, no surprising groups, keywords that cannot miss."""

from __future__ import annotations

import re
import warnings
from itertools import product
from typing import Any

_FORBIDDEN = ("ASSERT", "GROUPREF", "ATOMIC_GROUP", "POSSESSIVE_REPEAT")
"""Operations of the parsed pattern that RE2 does not have."""
REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
"""Operations of the parsed pattern that repeat."""
_MOST = 64
"""More spellings of one stretch than this are not followed."""


def faults(pattern: str, *, groups: int) -> list[str]:
    """Why `pattern` may not be used; [] when it may. `groups` is the most capture groups it can have."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what a later Python will read otherwise
            compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return [f"does not compile: {error}"]
    wrong = []
    if compiled.groups > groups:
        wrong.append(f"has {compiled.groups} capture groups, at most {groups} allowed; write (?:...)")
    shape = repr(parsed(pattern))
    if any(operation in shape for operation in _FORBIDDEN):
        wrong.append("uses look-around, a back-reference or a possessive repeat, which RE2 does not know")
    if compiled.fullmatch(""):
        wrong.append("matches the empty text")
    return wrong


def groups(pattern: str) -> list[str]:
    """The names of its groups; [] when it does not compile."""
    try:
        return list(re.compile(pattern).groupindex)
    except (re.error, OverflowError, RecursionError):
        return []


def full(pattern: str, text: str) -> bool:
    """Whether all of `text` matches."""
    return re.fullmatch(pattern, text) is not None


def is_set(pattern: str) -> bool:
    """Whether `pattern` is one set of characters. Raises re.error when it does not compile."""
    elements = list(parsed(pattern))
    return len(elements) == 1 and str(elements[0][0]) in ("IN", "LITERAL")


def always_holds(pattern: str, keywords: list[str]) -> bool:
    """Whether every match of `pattern` is certain to hold one of `keywords`."""
    return any(
        all(any(keyword in spelling for keyword in keywords) for spelling in stretch)
        for stretch in _stretches(parsed(pattern))
    )


def parsed(pattern: str) -> Any:
    """The parsed form, which only a private module gives; needed while building and for rules of the user's own."""
    from re import _parser  # type: ignore[attr-defined]

    return _parser.parse(pattern)


def flat(sequence: Any) -> list[tuple[Any, Any]]:
    """The elements of what `parsed` gives, with those of plain groups in their place."""
    found: list[tuple[Any, Any]] = []
    for operation, argument in sequence:
        if str(operation) == "SUBPATTERN":
            found += flat(argument[-1])
        elif str(operation) != "AT":
            found.append((operation, argument))
    return found


def _stretches(sequence: Any) -> list[list[str]]:
    """The stretches of a pattern whose spellings can be listed, each as the list of its spellings."""
    done: list[list[str]] = []
    current = [""]
    for operation, argument in sequence:
        spellings = _spellings(operation, argument)
        if spellings is None or len(current) * len(spellings) > _MOST:
            done.append(current)
            current = [""] if spellings is None else spellings
        else:
            current = ["".join(pair) for pair in product(current, spellings)]
    return [*done, current]


def _spellings(operation: Any, argument: Any) -> list[str] | None:
    """All texts that one element can be, or None when they are too many."""
    match str(operation):
        case "LITERAL":
            return [chr(argument)]
        case "IN" if all(str(kind) == "LITERAL" for kind, _ in argument):
            return [chr(code) for _, code in argument]
        case "SUBPATTERN":
            return _whole(argument[-1])
        case "BRANCH":
            branches = [_whole(branch) for branch in argument[1]]
            if any(branch is None for branch in branches):
                return None
            return [text for branch in branches if branch is not None for text in branch]
        case "MAX_REPEAT" if argument[:2] == (0, 1):
            optional = _whole(argument[2])
            return None if optional is None else ["", *optional]
        case _:
            return None


def _whole(sequence: Any) -> list[str] | None:
    stretches = _stretches(sequence)
    return stretches[0] if len(stretches) == 1 and len(stretches[0]) <= _MOST else None
