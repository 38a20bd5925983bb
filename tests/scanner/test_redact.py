"""No spelling of a known value gets through the redactor."""

from __future__ import annotations

import base64
import io
import json
import random
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.scanner.redact import MASK, RedactingStream, Redactor, one_line, printable
from unsprawl.scanner.secret import Secret

KEY = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
ODD = 'p"a\\ss/w ör+d' + "&=%@" + KEY[:6]
PEM = "\n".join(
    ["-----BEGIN PRIVATE" + " KEY-----", KEY * 2, KEY[::-1] * 2, KEY[:9] + "=", "-----END PRIVATE" + " KEY-----", ""]
)


def redactor(*values: str) -> Redactor:
    made = Redactor()
    made.learn(Secret(value) for value in values)
    return made


def escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "json": escaped,
    "json, unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json, twice": lambda text: escaped(escaped(text)),
    "json, escaped slashes": lambda text: escaped(text).replace("/", "\\/"),
    "url": lambda text: quote(text, safe=""),
    "url path": quote,
    "url form": quote_plus,
    "url, lower case": lambda text: re.sub("%..", lambda match: match[0].lower(), quote(text, safe="")),
    "one line": one_line,
    "repr": lambda text: repr(text)[1:-1],
}


@pytest.mark.parametrize("value", [KEY, ODD, PEM], ids=["plain", "odd", "pem"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_hidden(value: str, spelling: str) -> None:
    text = f"before{SPELLINGS[spelling](value)}after"
    assert redactor(value).clean(text) == f"before{MASK}after"


@pytest.mark.parametrize("before", ["", "u", "us", "use", "user:", "someone:"])
@pytest.mark.parametrize("after", ["", "x", "yy", "zzz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_in_each_alignment(before: str, after: str, encode: Callable[[bytes], bytes]) -> None:
    text = encode((before + KEY + after).encode()).decode()
    left = redactor(KEY).clean(text).partition(MASK)
    assert left[1]
    # What is left belongs to the neighbours, and to at most one character on each side.
    assert len(left[0]) <= len(before) * 4 / 3 + 2
    assert len(left[2].rstrip("=")) <= len(after) * 4 / 3 + 2


def test_an_encoded_value_is_hidden_decoded_too() -> None:
    value = "My%40Name%20" + "2320xyz"
    assert redactor(value).clean("password My@Name 2320xyz!") == f"password {MASK}!"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the pass kit9 was", f"the pass {MASK} was"),
        ("kit9", MASK),
        (":kit9@host", f":{MASK}@host"),
        ("user_kit9_x", f"user_{MASK}_x"),
        ("mykit9", "mykit9"),
        ("kit99", "kit99"),
        ("kit9kit9", "kit9kit9"),
        ("line\\nkit9", f"line\\n{MASK}"),
        ("mail\\u0040kit9", f"mail\\u0040{MASK}"),
        ("u%3Akit9%40h", f"u%3A{MASK}%40h"),
        ("3Akit9", "3Akit9"),
        ("nkit9", "nkit9"),
    ],
)
def test_a_short_value_is_hidden_as_a_word_only(text: str, expected: str) -> None:
    assert redactor("kit" + "9").clean(text) == expected


@pytest.mark.parametrize("value", ["", "a", "ab", "   ", "%20%20%20", "\n\n\n"], ids=repr)
def test_values_that_would_hide_everything_are_not_learned(value: str) -> None:
    text = "a   b ab\n\n\nabc    d %20"
    assert redactor(value).clean(text) == text


def test_a_value_within_another_goes_as_a_whole() -> None:
    inner, outer = KEY[8:24], KEY
    assert redactor(inner, outer).clean(f"<{outer}> <{inner}>") == f"<{MASK}> <{MASK}>"


def test_values_that_overlap_go_together() -> None:
    first, second = KEY[:20], KEY[12:]
    assert redactor(first, second).clean(f"<{KEY}>") == f"<{MASK}>"
    assert redactor("x" + KEY[:10], KEY).clean(f"<x{KEY}>") == f"<{MASK}>"


def test_values_side_by_side() -> None:
    assert redactor(KEY, KEY[::-1]).clean(KEY + KEY[::-1] + "-") == MASK + MASK + "-"


def test_each_line_of_a_value_is_hidden_alone() -> None:
    for line in PEM.splitlines():
        assert redactor(PEM).clean(f"| {line} |") == f"| {MASK} |"
    assert redactor(PEM.replace("\n", "\r\n")).clean(PEM).count(KEY[:8]) == 0


def test_knows_what_was_taught_later() -> None:
    made = redactor(KEY)
    assert made.clean(ODD) == ODD
    made.learn([Secret(ODD), Secret(ODD)])
    assert made.clean(ODD + KEY) == MASK + MASK


def test_untaught_text_passes() -> None:
    assert Redactor().clean(KEY) == KEY
    assert redactor(KEY).clean("") == ""
    assert redactor(KEY).clean("ab") == "ab"


@given(st.text(min_size=8, max_size=40), st.text(max_size=30), st.text(max_size=30))
def test_no_value_survives(value: str, before: str, after: str) -> None:
    if not value.strip():
        return
    assert value.strip() not in redactor(value).clean(before + value + after) or value.strip() in MASK


@given(st.lists(st.text("ab", min_size=8, max_size=12), min_size=1, max_size=5), st.text("ab", max_size=60))
def test_no_value_of_several_survives(values: list[str], text: str) -> None:
    cleaned = redactor(*values).clean(text)
    assert not any(value in cleaned for value in values)


def test_a_long_text_with_many_values_takes_no_square_time() -> None:
    numbers = random.Random(7)
    values = ["".join(numbers.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=32)) for _ in range(500)]
    made = redactor(*values)
    text = "\n".join(f"word {number} {values[number % 500]} word" for number in range(5000))
    cleaned = made.clean(text)
    assert cleaned.count(MASK) == 5000
    assert not any(value in cleaned for value in values)


def stream(*values: str) -> tuple[RedactingStream, io.StringIO]:
    under = io.StringIO()
    return RedactingStream(under, redactor(*values)), under


def test_many_values_that_begin_alike_are_learned_in_a_time_that_grows_with_their_number() -> None:
    redactor = Redactor()
    redactor.learn(Secret(f"{KEY}{number:05}") for number in range(2000))
    redactor.clean("")
    found = redactor._forms[KEY[:3]]
    assert sum(map(len, found.values())) >= 2000
    assert len(found) <= 20  # each length is one look, however many forms there are
    assert redactor.clean(f"a {KEY}00017 b {KEY}01999") == f"a {MASK} b {MASK}"


def test_the_password_within_basic_credentials_is_hidden_too() -> None:
    redactor = Redactor()
    redactor.learn([Secret(base64.b64encode(f"somebody:{KEY}".encode()).decode())])
    assert redactor.clean(f"server {KEY}, somebody") == f"server {MASK}, somebody"


def test_a_value_split_over_writes_is_hidden() -> None:
    out, under = stream(KEY)
    for character in f"key {KEY}\nnext":
        assert out.write(character) == 1
    assert under.getvalue() == f"key {MASK}\n"
    out.flush()
    assert under.getvalue() == f"key {MASK}\nnext"
    out.flush()
    assert under.getvalue() == f"key {MASK}\nnext"


def test_print_goes_through() -> None:
    out, under = stream(KEY, PEM)
    print("a", KEY, sep="", end="!\n", file=out)
    print(PEM, file=out)
    out.writelines([KEY[:10], KEY[10:], "\n"])
    out.flush()
    assert KEY[:9] not in under.getvalue()
    assert under.getvalue().startswith(f"a{MASK}!\n")


def test_the_stream_answers_for_the_one_below(tmp_path: object) -> None:
    with open(f"{tmp_path}/out", "w", encoding="utf-8") as file:
        out = RedactingStream(file, Redactor())
        assert out.fileno() == file.fileno()
        assert out.isatty() is False
        assert out.encoding == "utf-8"


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\x08",
        "\r",
        "\x1b",
        "\x7f",
        "\x9b",
        "\xad",
        "\u200b",
        "\u200e",
        "\u2028",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ufff9",
        "\udcff",
        "\U000e0041",
    ],
    ids=ascii,
)
def test_dangerous_characters_are_escaped(character: str) -> None:
    code = ord(character)
    shown = f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    assert printable(f"a{character}b") == one_line(f"a{character}b") == f"a{shown}b"


def test_ordinary_text_is_left_alone() -> None:
    text = "naïve 日本語 🎉 \t tab\n"
    assert printable(text) == text
    assert one_line(text) == "naïve 日本語 🎉 \\t tab\\n"


def test_a_value_with_control_characters_is_hidden_in_its_escaped_form() -> None:
    value = "abc\x1b[31m" + "\u202e" + KEY[:10]
    assert redactor(value).clean(one_line(f"<{value}>")) == f"<{MASK}>"
