"""Echoed values become placeholders again, however the answer spells them and however it arrives."""

from __future__ import annotations

import gzip
import html
import json
import re
import time
import tracemalloc
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from random import Random
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.broker.wire.placeholder import placeholder_for
from unsprawl.broker.wire.scrub import Scrubber, scrub, scrub_headers
from unsprawl.broker.wire.values import Values
from unsprawl.rules.samples import expand
from unsprawl.scanner.secret import Secret

TOKEN = expand("ghp_{an:36}", Random(1))
PASSWORD = "p@ss \"w/ö\\rd\" <&> '100%'"
BASE64 = expand("{b:60}", Random(2)) + "+/=="
ALL = {value: placeholder_for(Secret(value)) for value in (TOKEN, PASSWORD, BASE64)}


def values(*secrets: str) -> Values:
    return Values({ALL.get(value) or placeholder_for(Secret(value)): Secret(value) for value in secrets or ALL})


KNOWN = values()
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON of Go": lambda text: json.dumps(text)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e")
    .replace("&", "\\u0026").replace("'", "\\u0027").replace("+", "\\u002b").replace("=", "\\u003d"),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "HTML": html.escape,
    "percent": lambda text: quote(text, safe=""),
    "percent, but slashes": quote,
    "percent, small": lambda text: re.sub("%..", lambda match: match[0].lower(), quote(text, safe="")),
    "form": quote_plus,
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("value", ALL, ids=["token", "password", "base64"])
def test_every_spelling(name: str, value: str) -> None:
    answer = f'{{"echo": "Bearer {SPELLINGS[name](value)}", "n": 1}}'.encode()
    cleaned = scrub(answer, KNOWN)
    plain = ALL[value] if "percent" not in name and name != "form" else quote(ALL[value], safe="")
    assert cleaned == f'{{"echo": "Bearer {plain}", "n": 1}}'.encode()


@pytest.mark.parametrize("value", ALL, ids=["token", "password", "base64"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("before", [b"", b"u:", b"us:", b"user:"])
@pytest.mark.parametrize("behind", [b"", b"x", b"xy"])
def test_base64(value: str, encode: Callable[[bytes], bytes], before: bytes, behind: bytes) -> None:
    """As a server shows the Basic credentials that it got. What is around the value in it can still be decoded."""
    encoded = encode(before + value.encode() + behind)
    cleaned = scrub(b"<" + encoded + b">", KNOWN)
    shown = b64decode(cleaned[1:-1].translate(bytes.maketrans(b"-_", b"+/")))
    assert shown[: len(before)] == before
    assert shown[len(shown) - len(behind) :] == behind
    # The first and the last character may be mixed of both.
    assert shown[len(before) + 1 : len(shown) - len(behind) - 1] == ALL[value].encode()[1:-1]


@pytest.mark.parametrize("value", ["abc", "hunter2", "password", "postgres", "12345678", "12345678901"])
def test_words_and_numbers_of_ordinary_text_stay(value: str) -> None:
    """A value that short or plain stands in answers for other reasons: replaced, it would damage them."""
    answer = f"the {value} of {value}s is {value}, {b64encode(value.encode()).decode()}".encode()
    assert scrub(answer, values(value)) == answer


@pytest.mark.parametrize("value", ["hunter2!", "a1b2c3d4", "correcthorse", "123456789012"])
def test_what_is_long_enough_is_replaced(value: str) -> None:
    assert value.encode() not in scrub(b"x" + value.encode() + b"y", values(value))


def test_the_password_inside_encoded_credentials_is_replaced_too() -> None:
    encoded = b64encode(f"user:{TOKEN}".encode()).decode()
    cleaned = scrub(f"{encoded} {TOKEN}".encode(), values(encoded))
    assert TOKEN.encode() not in cleaned
    assert encoded.encode() not in cleaned


def test_an_address_is_replaced_by_its_path_too() -> None:
    value = "https://mcp.vendor.test/s/" + expand("{an:40}", Random(4)) + "/mcp"
    cleaned = scrub(value.removeprefix("https://mcp.vendor.test").encode(), values(value))
    assert value[26:].encode() not in cleaned
    assert cleaned.startswith(b"/")


def test_the_longest_of_two_values_that_begin_alike() -> None:
    long, short = TOKEN + "-and-more", TOKEN
    known = Values({"for-the-short": Secret(short), "for-the-long": Secret(long)})
    for rest, expected in (
        ("", "for-the-short"),
        ("-", "for-the-short-"),
        ("-and-mor", "for-the-short-and-mor"),
        ("-and-more", "for-the-long"),
        ("-and-more!", "for-the-long!"),
    ):
        answer, scrubber = (short + rest).encode(), Scrubber(known)
        assert scrub(answer, known) == expected.encode()
        assert b"".join(scrubber.feed(bytes((byte,))) for byte in answer) + scrubber.finish() == expected.encode()


def test_headers_of_an_answer() -> None:
    fields = [(b"X-Echo", f"Bearer {TOKEN}".encode()), (b"Location", f"/?a={quote(BASE64, safe='')}".encode())]
    fields += [(b"X-Latin", PASSWORD.encode("latin-1")), (b"Date", b"today")]
    cleaned = scrub_headers(fields, KNOWN)
    assert cleaned[0] == (b"X-Echo", f"Bearer {ALL[TOKEN]}".encode())
    assert cleaned[1] == (b"Location", f"/?a={quote(ALL[BASE64], safe='')}".encode())
    assert cleaned[2:] == [(b"X-Latin", ALL[PASSWORD].encode()), (b"Date", b"today")]


def test_nothing_is_kept_back_longer_than_needed() -> None:
    scrubber = Scrubber(KNOWN)
    assert scrubber.feed(b"data: hello\n\n") == b"data: hello\n\n"
    assert scrubber.feed(b"data: " + TOKEN[:30].encode()) == b"data: "
    assert scrubber.feed(b"\n\n") == TOKEN[:30].encode() + b"\n\n"
    assert scrubber.feed(TOKEN.encode()) == ALL[TOKEN].encode()
    assert scrubber.feed(TOKEN[:39].encode()) == b""
    assert scrubber.finish() == TOKEN[:39].encode()
    assert scrubber.finish() == b""


def test_at_most_one_spelling_is_kept_back() -> None:
    scrubber, longest = Scrubber(KNOWN), KNOWN.spellings.finder.longest
    fed = shown = 0
    random = Random(5)
    pieces = [TOKEN[:39], PASSWORD[:20], BASE64[:50], "x", TOKEN[:4], "gh", "\n"]
    for _ in range(2000):
        piece = random.choice(pieces).encode()
        fed += len(piece)
        shown += len(scrubber.feed(piece))
        assert 0 <= fed - shown < longest
    assert shown + len(scrubber.finish()) == fed


def test_a_spelling_may_be_cut_anywhere() -> None:
    known = KNOWN.spellings
    texts = {text for _, text in known.finder.every(b"\n".join(known._instead))}
    assert max(map(len, texts)) == known.finder.longest
    for text in texts:
        for cut in range(len(text)):
            scrubber = Scrubber(KNOWN)
            fed = scrubber.feed(b"." + text[:cut]) + scrubber.feed(text[cut:] + b".")
            assert fed == b"." + known.instead(text) + b"."


def test_memory_stays_flat() -> None:
    scrubber = Scrubber(KNOWN)
    scrubber.feed(b"")
    chunk = (b"x" * 1000 + TOKEN.encode()) * 60
    tracemalloc.start()
    for _ in range(200):
        scrubber.feed(chunk)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5 * len(chunk)


@pytest.mark.parametrize("text", [b"g", b"ghp_", TOKEN[:-1].encode(), b"\\u00", b"%", b"\0"], ids=repr)
def test_answers_made_to_be_slow(text: bytes) -> None:
    known = values(*(expand("ghp_{an:36}", Random(number)) for number in range(50)), TOKEN)
    scrubber = Scrubber(known)
    data = (text * 400_000)[:1_000_000]
    scrubber.feed(b"")
    started = time.process_time()
    for at in range(0, len(data), 4096):
        scrubber.feed(data[at : at + 4096])
    assert time.process_time() - started < 5


def test_a_value_that_repeats_itself() -> None:
    value = "ab" * 200
    known = values(value)
    data = b"ab" * 50_000
    scrubber = Scrubber(known)
    started = time.process_time()
    fed = b"".join(scrubber.feed(data[at : at + 1000]) for at in range(0, len(data), 1000)) + scrubber.finish()
    assert fed == scrub(data, known)
    assert time.process_time() - started < 5


def test_what_is_compressed_passes_as_it_is() -> None:
    data = gzip.compress(TOKEN.encode() * 100)
    assert scrub(data, KNOWN) == data


def test_no_values_nothing_to_do() -> None:
    scrubber = Scrubber(Values({}))
    assert scrubber.feed(b"abc") == b"abc"
    assert scrubber.finish() == b""


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=6),
        st.sampled_from([spell(value).encode() for value in ALL for spell in SPELLINGS.values()]),
        st.sampled_from([b64encode(b"a" * shift + value.encode()) for value in ALL for shift in range(3)]),
        st.builds(lambda value, length: value[:length].encode(), st.sampled_from(list(ALL)), st.integers(0, 70)),
        st.sampled_from([placeholder.encode() for placeholder in ALL.values()]),
    ),
    max_size=8,
)


@given(pieces=PIECES, cuts=st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_a_stream_in_any_pieces_is_cleaned_like_the_whole(pieces: list[bytes], cuts: list[int]) -> None:
    data, scrubber, fed, at = b"".join(pieces), Scrubber(KNOWN), [], 0
    while at < len(data):
        length = cuts[len(fed) % len(cuts)]
        fed.append(scrubber.feed(data[at : at + length]))
        at += length
    whole = scrub(data, KNOWN)
    assert b"".join(fed) + scrubber.finish() == whole
    assert not any(value.encode() in whole for value in ALL)


@given(data=st.binary(max_size=300))
def test_what_holds_no_value_is_not_changed(data: bytes) -> None:
    scrubber = Scrubber(KNOWN)
    assert scrub(data, KNOWN) == data == scrubber.feed(data) + scrubber.finish()


@given(parts=st.lists(st.binary(max_size=20), min_size=2, max_size=6), value=st.sampled_from(list(ALL)))
def test_around_a_value_nothing_is_changed(parts: list[bytes], value: str) -> None:
    cleaned = scrub(value.encode().join(parts), KNOWN)
    assert cleaned == ALL[value].encode().join(parts)


def test_nothing_shows_a_value() -> None:
    scrubber = Scrubber(KNOWN)
    scrubber.feed(TOKEN[:39].encode())
    for thing in (scrubber, KNOWN, KNOWN.spellings, KNOWN.spellings.finder):
        assert TOKEN[:30] not in repr(thing)
    with pytest.raises(KeyError) as caught:
        KNOWN.spellings.instead(b"other")
    assert TOKEN not in repr(caught.value)
