"""Random messages: whatever is taken is read in the same way by another reader, however its bytes are cut."""

from __future__ import annotations

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from unsprawl.broker.wire.framing import Chunks, Length
from unsprawl.broker.wire.head import (
    LARGEST,
    Odd,
    end_of_head,
    parse_authority,
    request_head,
    response_head,
    split_absolute,
)

NASTY = [
    *("GET", "POST", " ", "  ", "\t", "/", "*", "https://a.example/", "?q=1", "#f", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0"),
    *("\r\n", "\r\n\r\n", "\n", "\r", "\n\n", "\r\r\n", "\0", "\x0b", "\x0c", "\x85", "\x1f", "\x7f", "\xa0", "\xe9"),
    *(
        "Host: a.example",
        "Host:a.example",
        "Host : a.example",
        "Host: b.example",
        " folded",
        "\tfolded",
        ":",
        "X",
        "X: y",
    ),
    *("Content-Length: 5", "Content-Length: 0", "Content-Length: 5, 5", "Content-Length: +5", "content-length:5 "),
    *(
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: x",
        "transfer-encoding: CHUNKED",
        "Transfer-Encoding:\tchunked",
    ),
]
PIECES = st.lists(st.sampled_from(NASTY), max_size=14).map("".join)


@given(st.sampled_from(["GET / HTTP/1.1\r\nHost: a.example\r\n", "POST /x HTTP/1.1\r\n", ""]), PIECES)
@example("GET / HTTP/1.1\r\n", "Host: a.example\r\nX: y\r\n")
def test_heads_that_are_taken_are_read_by_h11_in_the_same_way(start: str, rest: str) -> None:
    data = f"{start}{rest}\r\n\r\n".encode("latin-1")
    try:
        data = data[: end_of_head(data)]
        head = request_head(data)
    except Odd:
        return
    state = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST)
    state.receive_data(data)
    if head.method == b"CONNECT":
        return
    event = state.next_event()
    assert isinstance(event, h11.Request)
    assert (event.method, event.target) == (head.method, head.target)
    ours = [(name.lower(), value) for name, value in head.headers]
    theirs = list(event.headers)
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    for (name, value), (_, other) in zip(ours, theirs, strict=True):
        assert value.lower() == other if name == b"transfer-encoding" else value == other
    after = state.next_event()
    assert (after is h11.NEED_DATA) is (head.chunked or bool(head.length))


@given(PIECES, st.integers(0, 200))
def test_a_head_ends_where_it_ends_however_it_is_cut(rest: str, cut: int) -> None:
    data = f"GET / HTTP/1.1\r\n{rest}\r\n\r\nbehind".encode("latin-1")
    try:
        whole = end_of_head(data)
    except Odd:
        whole = -1
    try:
        part = end_of_head(data[:cut])
    except Odd:
        part = -1
    # A part may not be complete yet; what it says is never taken back.
    assert part in (0, whole) or (part == -1 and whole == -1)
    assert whole == -1 or data[whole - 4 : whole] == b"\r\n\r\n"


@st.composite
def chunked_bodies(draw: st.DrawFn) -> tuple[bytes, bytes]:
    parts = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
    sizes = [draw(st.sampled_from(["%x", "%X", "%04x", "%016x"])) % len(part) for part in parts]
    trailers = draw(st.lists(st.sampled_from(["X: y", "X-Sum:1", "a: \t b"]), max_size=3))
    body = b"".join(b"%s\r\n%s\r\n" % (size.encode(), part) for size, part in zip(sizes, parts, strict=True))
    end = "".join(f"{line}\r\n" for line in trailers).encode()
    return b"".join(parts), body + draw(st.sampled_from([b"0", b"00", b"0000000000000000"])) + b"\r\n" + end + b"\r\n"


@given(chunked_bodies(), st.binary(max_size=30), st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_chunks_end_where_h11_says_however_they_are_cut(
    made: tuple[bytes, bytes], behind: bytes, steps: list[int]
) -> None:
    content, body = made
    follower = Chunks()
    taken, at, turn = b"", 0, 0
    data = body + behind
    while not follower.done:
        step = data[at : at + steps[turn % len(steps)]]
        assert step
        count = follower.take(step)
        assert count == len(step) or follower.done
        taken += step[:count]
        at += count
        turn += 1
    assert taken == body
    state = h11.Connection(h11.SERVER)
    state.receive_data(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + taken)
    read = b""
    while not isinstance(event := state.next_event(), h11.EndOfMessage):
        read += bytes(event.data) if isinstance(event, h11.Data) else b""
    assert read == content
    assert state.trailing_data[0] == b""


@given(
    st.binary(max_size=60),
    st.lists(st.sampled_from([b"\r\n", b"0", b"2", b"ok", b";", b"\n", b"\r", b" ", b"X: y"]), max_size=12),
)
def test_what_is_taken_for_a_chunked_body_is_one_for_h11_too(noise: bytes, pieces: list[bytes]) -> None:
    data = b"".join(pieces) + noise
    follower = Chunks()
    try:
        count = follower.take(data)
    except Odd:
        return
    if not follower.done:
        return
    state = h11.Connection(h11.SERVER)
    state.receive_data(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + data[:count])
    while not isinstance(event := state.next_event(), h11.EndOfMessage):
        assert isinstance(event, h11.Request | h11.Data)
    assert state.trailing_data[0] == b""


@given(st.integers(0, 100), st.lists(st.binary(min_size=1, max_size=40), max_size=8))
def test_a_length_takes_its_bytes_and_no_more(length: int, parts: list[bytes]) -> None:
    follower = Length(length)
    assert sum(follower.take(part) for part in parts) == min(length, sum(map(len, parts)))
    assert follower.done is (sum(map(len, parts)) >= length)


STATUS = {
    b"HTTP/1.1 200 OK\r\n\r\n": (200, b"OK"),
    b"HTTP/1.1 200 \r\n\r\n": (200, b""),
    b"HTTP/1.1 200\r\n\r\n": (200, b""),
    b"HTTP/1.0 404 Not Found\r\n\r\n": (404, b"Not Found"),
    b"HTTP/1.1 999 \xe9\r\n\r\n": (999, b"\xe9"),
    b"HTTP/1.1 099 No\r\n\r\n": None,
    b"HTTP/1.1 20 No\r\n\r\n": None,
    b"HTTP/1.1 2000 No\r\n\r\n": None,
    b"HTTP/1.1  200 No\r\n\r\n": None,
    b"HTTP/1.2 200 No\r\n\r\n": None,
    b"http/1.1 200 No\r\n\r\n": None,
    b"HTTP/2 200 No\r\n\r\n": None,
    b"HTTP/1.1 200 N\x01\r\n\r\n": None,
}


@pytest.mark.parametrize("data", STATUS)
def test_status_lines(data: bytes) -> None:
    try:
        head = response_head(data)
    except Odd:
        assert STATUS[data] is None
        return
    assert (head.status, head.reason) == STATUS[data]


AUTHORITIES: dict[str, tuple[str, int] | None] = {
    "a.example": ("a.example", 443),
    "A.Example.": ("a.example", 443),
    "a.example:8443": ("a.example", 8443),
    "a_b.example": ("a_b.example", 443),
    "[::1]": ("::1", 443),
    "[::1]:1": ("::1", 1),
    "127.0.0.1:65535": ("127.0.0.1", 65535),
    "localhost": ("localhost", 443),
    "": None,
    ".": None,
    "-a.example": None,
    "a.example:": None,
    "a.example:0": None,
    "a.example:65536": None,
    "a.example:+1": None,
    "a.example:\u0661": None,
    "::1": None,
    "[::1": None,
    "[v1.x]": None,
    "u@a.example": None,
    "u:p@a.example": None,
    "a.example/x": None,
    "a.example\\x": None,
    "a.example b": None,
    "a.example,b.example": None,
    "a%2eexample": None,
    "\u00e4.example": None,
    "a\u3002example": None,
    "a.example#": None,
    "a" * 300: None,
}


@pytest.mark.parametrize("text", AUTHORITIES)
def test_names_and_ports(text: str) -> None:
    wanted = AUTHORITIES[text]
    try:
        found = parse_authority(text.encode(), 443)
    except Odd:
        assert wanted is None
        return
    assert (found.host, found.port) == wanted


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        (b"https://a.example", (b"https", b"a.example", b"/")),
        (b"HTTPS://a.example/b?c", (b"https", b"a.example", b"/b?c")),
        (b"https://a.example?c", (b"https", b"a.example", b"/?c")),
        (b"https://u@a.example/", (b"https", b"u@a.example", b"/")),
        (b"https:///x", (b"https", b"", b"/x")),
        (b"https:/a.example", None),
        (b"//a.example/", None),
        (b"/https://a.example/", None),
        (b"a.example:443", None),
        (b"*", None),
    ],
)
def test_whole_addresses(target: bytes, parts: tuple[bytes, bytes, bytes] | None) -> None:
    assert split_absolute(target) == parts
