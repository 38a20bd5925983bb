"""Places in a command line, as a table: what becomes of each word, and which names are shown in it."""

from __future__ import annotations

import pytest

from unsprawl.broker.fill import fill, has_places, reference_place, value_place

VALUES = {"TOKEN": "t-1", "OTHER": "{vault:TOKEN}", "env": "odd"}

WORDS = [
    ("--token", "--token", set()),
    ("{vault:TOKEN}", "t-1", {"TOKEN"}),
    ("--token={vault:TOKEN}", "--token=t-1", {"TOKEN"}),
    ("pg://me:{vault:TOKEN}@h/{vault:TOKEN}", "pg://me:t-1@h/t-1", {"TOKEN"}),
    ("Authorization:{vault:env:TOKEN}", "Authorization:${TOKEN}", set()),
    ("{vault:env:TOKEN}{vault:TOKEN}", "${TOKEN}t-1", {"TOKEN"}),
    # what was filled in is not looked at again
    ("{vault:OTHER}", "{vault:TOKEN}", {"OTHER"}),
    ("{vault:OTHER}-{vault:TOKEN}", "{vault:TOKEN}-t-1", {"OTHER", "TOKEN"}),
    # a name that is not in the record, and what only looks like a place
    ("{vault:MISSING}", "{vault:MISSING}", set()),
    ("{vault:env:MISSING}", "{vault:env:MISSING}", set()),
    ("{vault:TOKEN", "{vault:TOKEN", set()),
    ("{vault:}", "{vault:}", set()),
    ("{{vault:TOKEN}}", "{t-1}", {"TOKEN"}),
    ("vault:TOKEN}", "vault:TOKEN}", set()),
]


@pytest.mark.parametrize(("word", "filled", "shown"), WORDS, ids=[word for word, *_ in WORDS])
def test_a_word_is_filled_once(word: str, filled: str, shown: set[str]) -> None:
    assert fill(["a", word], VALUES) == (["a", filled], frozenset(shown))


def test_places_are_known_by_their_spelling() -> None:
    assert fill([value_place("TOKEN"), reference_place("TOKEN")], VALUES)[0] == ["t-1", "${TOKEN}"]
    assert has_places(["a", value_place("X")])
    assert has_places(["a", reference_place("X")])
    assert not has_places(["a", "${X}", "{env:X}"])
