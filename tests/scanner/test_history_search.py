"""The search through a stream of blobs: the same marks are found wherever the stream happens to be cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from unsprawl.scanner.discover import speaks_of_mcp
from unsprawl.scanner.history.names import SEARCHED
from unsprawl.scanner.history.search import Window

PIECES = st.sampled_from(
    [b"mcp", b"MCP", b"Mcp", b"mcP", b"m", b"cp", b"x" * 70, b"\n", b"\0", b"context_servers", b"blob 12\n",
     b"modelContextProtocol", b"context_", b"servers", "mcp".encode("utf-16-le"), "mcp".encode("utf-16-be"),
     "\ufeffa context_servers".encode("utf-16"), b"", b"y" * 700]
)  # fmt: skip
BLOBS = st.lists(st.lists(PIECES, max_size=6).map(b"".join), max_size=9)


@given(BLOBS, st.lists(st.integers(1, 400), min_size=1, max_size=30))
def test_every_mark_wherever_the_stream_is_cut(blobs: list[bytes], cuts: list[int]) -> None:
    ids = [b"%040x" % (number + 10) for number in range(len(blobs))]
    stream = b"".join(b"%s blob %d\n%s\n" % (id_, len(blob), blob) for id_, blob in zip(ids, blobs, strict=True))
    marked: set[bytes] = set()
    window = Window(SEARCHED, marked)
    at, begun = 0, 0
    for turn in range(len(stream) + 1):
        piece = stream[at : at + cuts[turn % len(cuts)]]
        if not piece:
            break
        at += len(piece)
        begun += window.search(piece)
    begun += window.search(b"", last=True)
    assert (begun, window.complete, window.is_whole) == (len(blobs), len(blobs), True)
    assert marked == {id_ for id_, blob in zip(ids, blobs, strict=True) if holds_a_mark(blob)}
    assert marked >= {id_ for id_, blob in zip(ids, blobs, strict=True) if speaks_of_mcp(blob)}


def holds_a_mark(blob: bytes) -> bool:
    texts = [blob, *([blob.replace(b"\0", b"")] if b"\0" in blob[:63] else [])]
    return any(mark.lower() in text.lower() for text in texts for mark in SEARCHED)


def test_a_stream_that_ends_within_a_blob() -> None:
    for data, complete in (
        (b"a" * 40 + b" blob 9\nmcp", 0),
        (b"a" * 40 + b" blob 3\nmcp\n" + b"b" * 40 + b" blob 5\nx", 1),
    ):
        window = Window(SEARCHED, set())
        window.search(data)
        window.search(b"", last=True)
        assert (window.complete, window.is_whole) == (complete, False)


def test_what_went_meanwhile_is_passed_over() -> None:
    marked: set[bytes] = set()
    window = Window(SEARCHED, marked)
    window.search(b"a" * 40 + b" missing\n" + b"b" * 40 + b" blob 3\nmcp\n")
    window.search(b"", last=True)
    assert marked == {b"b" * 40}
    assert (window.complete, window.is_whole) == (2, True)
