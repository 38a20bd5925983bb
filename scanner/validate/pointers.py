"""JSON pointers in answers, with `*` for each of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MOST = 50
"""Of a list; more names than this help nobody."""


def at(data: Any, pointer: str) -> Iterator[Any]:
    """What stands there: nothing, one value, or one for each of a list."""
    yield from _at(data, pointer.split("/")[1:])


def _at(data: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield data
    elif steps[0] == "*":
        for item in data[:_MOST] if isinstance(data, list) else ():
            yield from _at(item, steps[1:])
    elif isinstance(data, dict):
        step = steps[0].replace("~1", "/").replace("~0", "~")
        if step in data:
            yield from _at(data[step], steps[1:])
