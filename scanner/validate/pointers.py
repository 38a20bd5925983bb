"""JSON pointers in answers: `*` is each of a list, `?` the names under which something is true or a list not empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_MOST = 1000
"""Of a list, or of names."""


def at(data: Any, pointer: str) -> Iterator[Any]:
    """What stands there: nothing, one value, or one for each of a list."""
    yield from _at(data, pointer.split("/")[1:])


def texts_at(data: Any, wanted: Iterable[tuple[str, str]]) -> dict[str, str] | None:
    """The texts at these places, by (name, pointer); None where one of them is missing or no text."""
    found = {name: next(at(data, pointer), None) for name, pointer in wanted}
    texts = {name: text for name, text in found.items() if isinstance(text, str) and text}
    return texts if len(texts) == len(found) else None


def filled(pointer: str, values: Mapping[str, str]) -> str:
    """The pointer with each `{name}` replaced by that value, which is one step of it."""

    def step(match: re.Match[str]) -> str:
        return values[match[1]].replace("~", "~0").replace("/", "~1")

    return re.sub(r"\{([a-z_]+)\}", step, pointer) if "{" in pointer else pointer


def _at(data: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield data
    elif steps[0] == "*":
        for item in data[:_MOST] if isinstance(data, list) else ():
            yield from _at(item, steps[1:])
    elif steps[0] == "?":
        for name, item in list(data.items())[:_MOST] if isinstance(data, dict) else ():
            if any(found is True or (isinstance(found, list) and found) for found in _at(item, steps[1:])):
                yield name
    elif isinstance(data, dict):
        step = steps[0].replace("~1", "/").replace("~0", "~")
        if step in data:
            yield from _at(data[step], steps[1:])
