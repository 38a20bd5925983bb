"""Figures of a labelled set in docs/detection.md, and the options of the programs that count them."""

from __future__ import annotations

import argparse
from pathlib import Path

HERE = Path(__file__).parent
SETS = ("cases", "holdout")
PAGE = HERE.parent.parent / "docs" / "detection.md"


def between(text: str, begin: str, end: str, figures: str) -> str:
    """The page with the figures put between the two marks."""
    head, first, rest = text.partition(begin)
    _, last, tail = rest.partition(end)
    assert first
    assert last
    return f"{head}{begin}\n\n{figures}\n\n{end}{tail}"


def options(description: str | None) -> argparse.Namespace:
    """What the command line says: `misses`, `seed`, `write`, `sets`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--misses", action="store_true", help="list each miss and false alarm (never for the holdout)")
    parser.add_argument("--seed", type=int, default=1, help="for other random values")
    parser.add_argument("--write", action="store_true", help="put the figures of both sets into docs/detection.md")
    parser.add_argument("sets", nargs="*", default=SETS, metavar="SET", help="cases, holdout; default: both")
    return parser.parse_args()
