"""A pattern in words: `"ghp_", then 36 letters or digits`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from unsprawl.rules import characters
from unsprawl.rules.patterns import parsed

_KNOWN = (
    ("letters", characters.members("A-Za-z")),
    ("capital letters", characters.members("A-Z")),
    ("small letters", characters.members("a-z")),
    ("hex digits", characters.members("0-9a-f")),
    ("capital hex digits", characters.members("0-9A-F")),
    ("digits", characters.members("0-9")),
)
"""Tried in this order; the first that is in the set wholly is taken out of it."""
_MANY = 24
"""More single characters than this are told as `characters`."""


def told(pattern: str) -> str:
    """The pattern in English, for somebody who does not read patterns."""
    return _sequence(parsed(pattern))


def _sequence(sequence: Any) -> str:
    said: list[str] = []
    text = ""
    for operation, argument in sequence:
        if str(operation) == "LITERAL":
            text += chr(argument)
            continue
        if text:
            said.append(_quoted(text))
            text = ""
        said.append(_element(operation, argument))
    if text:
        said.append(_quoted(text))
    return ", then ".join(filter(None, said))


def _element(operation: Any, argument: Any) -> str:
    mask = characters.of(operation, argument, folded=False)
    if mask is not None:
        return f"one of {_set(mask)}"
    match str(operation):
        case "SUBPATTERN":
            return _together(_sequence(argument[-1]))
        case "BRANCH":
            return " or ".join(_together(_sequence(branch) or "nothing") for branch in argument[1])
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _repeat(*argument)
        case _:
            return ""


def _repeat(least: int, most: int, body: Any) -> str:
    elements = list(body)
    single = characters.of(*elements[0], folded=False) if len(elements) == 1 else None
    if least == 0 and most == 1:
        return f"perhaps {_together(_sequence(body))}"
    if least == most:
        number = str(least)
    elif most >= characters.ENDLESS:
        number = f"{least} or more"
    else:
        number = f"{least} to {most}"
    return f"{number} {_set(single)}" if single is not None else f"{number} times {_together(_sequence(body))}"


def _set(mask: int) -> str:
    if mask & characters.REST:
        return "characters"
    names: list[str] = []
    for name, known in _KNOWN:
        if mask & known == known:
            names.append(name)
            mask &= ~known
    rest = [chr(code) for code in range(128) if mask >> code & 1]
    if len(rest) > _MANY:
        return "characters"
    return _or([*names, *(" ".join(_shown(rest)) for _ in rest[:1])])


def _shown(rest: Iterable[str]) -> list[str]:
    """The characters, neighbours as `2-7`."""
    runs: list[str] = []
    for character in rest:
        if runs and runs[-1][-1].isalnum() and ord(character) == ord(runs[-1][-1]) + 1 and character.isalnum():
            runs[-1] += character
        else:
            runs.append(character)
    shown = ["blank" if run.isspace() else f"{run[0]}-{run[-1]}" if len(run) > 3 else " ".join(run) for run in runs]
    return list(dict.fromkeys(shown))


def _together(said: str) -> str:
    """In brackets where what follows could be taken for a part of it."""
    return f"({said})" if (", then " in said or " or " in said) and not said.startswith("(") else said


def _or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _quoted(text: str) -> str:
    return f'"{text}"'
