"""Bytes to text and back without loss, and offsets to lines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unsprawl.scanner.formats import text
from unsprawl.scanner.formats.text import Lines, decode

MARKS = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"]


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(MARKS), st.binary(max_size=60))
def test_bytes_come_back(mark: bytes, rest: bytes) -> None:
    decoded = decode(mark + rest)
    assert decoded.encode(decoded.text) == mark + rest


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", MARKS[0]),
        ("utf-8", MARKS[1]),
        ("utf-16-le", MARKS[2]),
        ("utf-16-be", MARKS[3]),
        ("utf-32-le", MARKS[4]),
        ("utf-32-be", MARKS[5]),
    ],
)
def test_reads_encodings(encoding: str, mark: bytes) -> None:
    decoded = decode(mark + '{"é": "😀"}'.encode(encoding))
    assert decoded.text == '{"é": "😀"}'
    assert (decoded.encoding, decoded.bom, decoded.valid, decoded.binary) == (encoding, mark, True, False)


def test_invalid_utf8_is_marked_and_kept() -> None:
    decoded = decode(b'{"a": "\xe9"}')
    assert not decoded.valid
    assert not decoded.binary
    assert decoded.encode(decoded.text.replace("a", "b")) == b'{"b": "\xe9"}'


@pytest.mark.parametrize("data", [b"\x7fELF\x00\x01", b"\xff\xfea", b"\xff\xfe\x00\xd8", "{}".encode("utf-16-le")])
def test_refuses_what_is_no_text(data: bytes) -> None:
    assert decode(data).binary


def test_neither_repr_nor_error_holds_the_text() -> None:
    decoded = decode(b"\xff\xfeh\x00u\x00s\x00h\x00")
    assert "hush" not in repr(decoded)
    with pytest.raises(ValueError, match="cannot be written") as caught:
        decoded.encode("hush\ud800")
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (1, 1)), (2, (1, 3)), (3, (1, 4)), (4, (2, 1)), (6, (3, 1)), (8, (4, 1)), (9, (4, 2))]
)
def test_positions(offset: int, place: tuple[int, int]) -> None:
    text = "ab\r\nc\né\r😀"
    assert Lines(text).position(offset) == place


@settings(deadline=None)
@given(st.text(alphabet="ab\n\r😀", max_size=30), st.lists(st.integers(0, 30), max_size=60))
def test_positions_in_any_order(written: str, offsets: list[int]) -> None:
    lines = Lines(written)
    for offset in offsets:
        before = written[: min(offset, len(written))]
        # The \n of \r\n belongs to its line.
        cut = before[:-1] if before.endswith("\r") and written[len(before) : len(before) + 1] == "\n" else before
        rows = re.split("\r\n|\n|\r", cut)
        assert lines.position(len(before)) == (len(rows), len(rows[-1]) + 1 + len(before) - len(cut))


@pytest.mark.parametrize("emoji", ["😀", "é", "✓"])
def test_a_very_large_text_spares_memory(emoji: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_SPARE_FROM", 1000)
    monkeypatch.setattr(text, "_PIECE", 7)
    whole = f'{{"a{emoji}": "x{emoji * 3}y"}}\n' * 100
    spared = decode(whole.encode(), spare=True)
    assert spared.spared is (emoji == "😀")
    assert spared.text == whole.replace("😀", "\ufffd")
    assert decode(whole.encode()).text == whole
    assert decode(whole[:50].encode(), spare=True).text == whole[:50]
    broken = b"\xf0\x9f" * 600
    assert decode(broken, spare=True).encode(decode(broken, spare=True).text) == broken
