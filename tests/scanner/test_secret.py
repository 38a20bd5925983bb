"""A `Secret` gives its text to `reveal` alone."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import pytest

from unsprawl.scanner.secret import Secret

TEXT = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"


SHOW: dict[str, Callable[[Secret], str]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "format with a width": "{:>60}".format,
    "format as repr": "{!r}".format,
    "f-string": lambda secret: f"{secret!s}",
    "percent": lambda secret: "%s" % secret,  # noqa: UP031
    "inside of containers": lambda secret: repr([secret, {"k": secret}]),
    "inside of an error": lambda secret: repr(ValueError(secret)),
}
TAKE_OUT: dict[str, Callable[[Secret], object]] = {
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "json": json.dumps,
    "vars": vars,
    "state": lambda secret: secret.__getstate__(),
    "number": lambda secret: int(secret),  # type: ignore[call-overload]
}


@pytest.mark.parametrize("way", SHOW)
def test_no_way_of_showing_it_shows_the_text(way: str) -> None:
    shown = SHOW[way](Secret(TEXT))
    assert TEXT not in shown
    assert str(len(TEXT)) not in shown


@pytest.mark.parametrize("way", TAKE_OUT)
def test_refuses_to_be_copied_out(way: str) -> None:
    with pytest.raises(TypeError) as caught:
        TAKE_OUT[way](Secret(TEXT))
    assert TEXT not in str(caught.value)


def test_equal_by_text_and_usable_as_key() -> None:
    assert Secret(TEXT) == Secret(TEXT)
    assert Secret(TEXT) != Secret(TEXT[:-1])
    assert Secret("é\udcff") == Secret("é\udcff")
    assert len({Secret(TEXT), Secret(TEXT), Secret("other")}) == 2


def test_a_secret_is_no_string() -> None:
    assert Secret(TEXT) != TEXT
    assert not Secret("")
    assert Secret(" ")


def test_identity_depends_on_the_key_and_holds_nothing_of_the_text() -> None:
    one, same, other = Secret(TEXT).identity(b"k"), Secret(TEXT).identity(b"k"), Secret(TEXT).identity(b"l")
    assert one == same
    assert one != other
    assert len(one) == 20
    assert Secret("\udcff").identity(b"k" * 200)  # neither text that is not UTF-8 nor a long key stops it
