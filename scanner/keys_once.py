"""JSON of which every object has each of its keys once: readers differ in which of two they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class KeyTwice(Exception):
    """A key is written twice in one object. Carries nothing of the text."""


def keys_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads`, as its `object_pairs_hook`. Raises KeyTwice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise KeyTwice
    return found
