"""Several names in one sentence."""

from __future__ import annotations

from collections.abc import Iterable


def enumerated(names: Iterable[str]) -> str:
    """The names, each once, as a person lists them: `a`, `a and b`, `a, b and c`; "" for none."""
    each = list(dict.fromkeys(names))
    return " and ".join([", ".join(each[:-1]), each[-1]] if len(each) > 1 else each)
