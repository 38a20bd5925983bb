"""Reports in pieces: the same text as in one, and every string redacted, whether alone or among many."""

from __future__ import annotations

import json
from typing import Any

import pytest

from unsprawl.scanner.redact import MASK, Redactor, one_line
from unsprawl.scanner.report.each import Each, Together
from unsprawl.scanner.report.json_text import pieces
from unsprawl.scanner.report.printable import Printable
from unsprawl.scanner.secret import Secret

VALUE = "kX9vQ2mL" + "7pR4tW8zB3nD6sF1"

DOCUMENTS: list[dict[str, Any]] = [
    {},
    {"a": None, "b": True, "c": False, "d": 0, "e": -1.5, "f": "", "g": 'q"\\ü\u2028\x01\n'},
    {"empty": {}, "none": [], "deep": {"x": [{"y": [1, [2, []]]}, "z"]}, "pair": (1, "two")},
    {"schlüssel": {"päth": ["/a/b"]}},
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_as_json_dumps_writes_it(document: dict[str, Any]) -> None:
    assert "".join(pieces(document)) == json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("number", [0, 1, 2, 300])
def test_lists_that_are_made_item_by_item(number: int) -> None:
    def made() -> dict[str, Any]:
        numbers = Each(range(number), lambda items: ({"n": str(item), "more": [item]} for item in items))
        return {
            "first": 1,
            "items": numbers,
            "both": Together(numbers, numbers),
            "runs": Each([{"all": numbers}], iter),
        }

    plain = {"first": 1, "items": list(made()["items"]), "both": list(made()["both"])}
    plain["runs"] = [{"all": plain["items"]}]
    assert (len(made()["items"]), len(made()["both"])) == (number, 2 * number)
    assert "".join(pieces(made())) == json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


ODD = [
    "a b", f"x{VALUE}y", VALUE[:10], VALUE[10:], "ab\x1b[1m", "two\nlines", "\u202eover", "", "Zoë", "pin", "spinning",
]  # fmt: skip
"""Two halves of a value are none, whatever stands side by side; `pin` is a value that counts as a word only."""


def redactor() -> Redactor:
    made = Redactor()
    made.learn([Secret(VALUE), Secret("pin"), Secret("several\nlines of it")])
    return made


@pytest.mark.parametrize("others", [0, 200])
def test_strings_among_many_are_cleaned_as_each_alone(others: int) -> None:
    items = [{"k": text, text or "k2": [text]} for text in ODD]
    items += [{"number": str(number)} for number in range(others)]
    cleaned = redactor()

    def alone(text: str) -> str:
        return one_line(cleaned.clean(text))

    wanted = [{alone(key): alone(v) if isinstance(v, str) else [*map(alone, v)] for key, v in i.items()} for i in items]
    assert list(Printable(redactor()).each(items)) == wanted
    text = json.dumps(wanted)
    assert VALUE not in text
    assert MASK in text
    assert "spinning" in text


@pytest.mark.parametrize("text", ODD)
def test_one_string_in_a_document(text: str) -> None:
    made = Printable(redactor()).document({"plain": {"x": text}, "each": Each([{"x": text}], iter)})
    wanted = one_line(redactor().clean(text))
    assert made["plain"] == {"x": wanted}
    assert list(made["each"]) == [{"x": wanted}]


def test_what_is_learned_later_counts() -> None:
    known = Redactor()
    assert known.clean(VALUE) == VALUE
    known.learn([Secret(VALUE)])
    assert known.clean(VALUE) == MASK
