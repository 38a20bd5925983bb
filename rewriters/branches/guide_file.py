"""Where the guide for colleagues is, for who writes it (`migrate --branch`) and who reads it (`team join`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

NAME = "MIGRATION.md"
_MOST = 20
"""So many guides of one folder are read."""


def _names() -> Iterator[str]:
    yield NAME
    number = 2
    while True:
        yield f"MIGRATION-{number}.md"
        number += 1


def free_name(taken: Iterable[str]) -> str:
    """What the document is called: no file of anybody's is written over, whatever its case."""
    known = {name.lower() for name in taken}
    return next(name for name in _names() if name.lower() not in known)


def read_names() -> tuple[str, ...]:
    """Those that a folder may have: a later migration has one of its own."""
    return tuple(name for name, _ in zip(_names(), range(_MOST), strict=False))
