"""Names in a sentence."""

from __future__ import annotations

import pytest

from unsprawl.scanner.enumeration import enumerated


@pytest.mark.parametrize(
    ("names", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"),
     (["a", "b", "a", "c"], "a, b and c"), (list("abcd"), "a, b, c and d")],
)  # fmt: skip
def test_enumerated(names: list[str], expected: str) -> None:
    assert enumerated(names) == expected
