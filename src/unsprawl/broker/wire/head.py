"""The head of a message, read so strictly that nobody else can read it in another way.

h11 is strict, but it takes bare line feeds, folded lines and equal lengths said twice. A server behind us might read
those differently: what looks like a body here would be a second request there. What is odd is not mended but refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

END = b"\r\n\r\n"
LARGEST = 64 * 1024
"""Bytes of one head."""
MOST_HEADERS = 200
_LONGEST_LENGTH = 18  # digits

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([\x21-\x7e]+) HTTP/1\.([01])")
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*))?")
_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_.])?))(?::([0-9]{1,5}))?")
_SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", re.DOTALL)

Headers = list[tuple[bytes, bytes]]


class Odd(Exception):
    """A message that could be read in two ways, or in none. The reason is a fixed text, never a part of the message."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True)
class Authority:
    """`name:port` of a target or a Host header; the name in lower case, without the dot that may end it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Head:
    """What all heads have. `repr` shows nothing of it."""

    minor: int
    """0 or 1: of HTTP/1.x."""
    headers: Headers
    length: int | None
    """Of the body; None when it is chunked or not said."""
    chunked: bool

    def all(self, name: bytes) -> list[bytes]:
        """The values of each header of that name (in lower case)."""
        return [value for key, value in self.headers if key.lower() == name]

    def listed(self, name: bytes) -> set[bytes]:
        """The members of a header that is a list of words, in lower case."""
        words = (word.strip().lower() for value in self.all(name) for word in value.split(b","))
        return {word for word in words if word}


@dataclass(frozen=True, slots=True, repr=False)
class RequestHead(Head):
    method: bytes
    target: bytes


@dataclass(frozen=True, slots=True, repr=False)
class ResponseHead(Head):
    status: int
    reason: bytes


def end_of_head(data: bytes | bytearray) -> int:
    """Where the head ends, 0 while it is not complete. Raises Odd for what no later byte can mend."""
    end = data.find(END)
    head = data if end < 0 else data[: end + len(END)]
    if len(head) > LARGEST:
        raise Odd("the head is too large", 431)
    # A carriage return at the very end may still get its line feed.
    if head.count(b"\n") != head.count(b"\r\n") or head.count(b"\r") - head.endswith(b"\r") != head.count(b"\r\n"):
        raise Odd("a line ends with a bare CR or LF")
    if b"\0" in head:
        raise Odd("there is a NUL byte in the head")
    return 0 if end < 0 else end + len(END)


def request_head(data: bytes) -> RequestHead:
    """The request head that `data` is, with its end. Raises Odd."""
    first, headers = _lines(data)
    match = _REQUEST_LINE.fullmatch(first)
    if match is None:
        raise Odd("the request line is not well formed")
    method, target, minor = match[1], match[2], int(match[3])
    length, chunked = _framing(headers, minor)
    hosts = sum(name.lower() == b"host" for name, _ in headers)
    if hosts > 1:
        raise Odd("there is more than one Host header")
    if not hosts and minor and method != b"CONNECT":
        raise Odd("there is no Host header")
    if b"#" in target:
        raise Odd("the target has a fragment")
    return RequestHead(minor, headers, length, chunked, method, target)


def response_head(data: bytes) -> ResponseHead:
    """The response head that `data` is, with its end. Raises Odd."""
    first, headers = _lines(data)
    match = _STATUS_LINE.fullmatch(first)
    if match is None:
        raise Odd("the status line is not well formed")
    minor = int(match[1])
    length, chunked = _framing(headers, 1 if minor else 0)
    return ResponseHead(minor, headers, length, chunked, int(match[2]), match[3] or b"")


def parse_authority(text: bytes, port: int | None) -> Authority:
    """`name`, `name:port`, `address:port` or `[address]:port`; `port` is the one that need not be said. Raises Odd."""
    try:
        match = _AUTHORITY.fullmatch(text.decode("ascii").lower())
    except UnicodeDecodeError:
        match = None
    if match is None:
        raise Odd("the name of the host is not well formed")
    number = int(match[3]) if match[3] else port
    if number is None or not 0 < number < 65536:
        raise Odd("the port is missing or not well formed")
    return Authority(match[1] or match[2].removesuffix("."), number)


def split_absolute(target: bytes) -> tuple[bytes, bytes, bytes] | None:
    """(scheme in lower case, authority, the rest from its `/`) of an absolute-form target, None for other forms."""
    match = _SCHEME.fullmatch(target)
    if match is None:
        return None
    rest: bytes = match[3]
    return match[1].lower(), match[2], rest if rest.startswith(b"/") else b"/" + rest


def _lines(data: bytes) -> tuple[bytes, Headers]:
    first, *lines = data[: -len(END)].split(b"\r\n")
    if len(lines) > MOST_HEADERS:
        raise Odd("there are too many headers", 431)
    headers = []
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None:
            raise Odd("a header line is folded" if line[:1] in b" \t" else "a header line is not well formed")
        headers.append((match[1], (match[2] or b"").rstrip(b" \t")))
    return first, headers


def _framing(headers: Headers, minor: int) -> tuple[int | None, bool]:
    lengths = [value for name, value in headers if name.lower() == b"content-length"]
    codings = [value for name, value in headers if name.lower() == b"transfer-encoding"]
    if len(lengths) > 1 or len(codings) > 1:
        raise Odd("the length of the body is said twice")
    if codings:
        if lengths:
            raise Odd("both Content-Length and Transfer-Encoding are there")
        if codings[0].lower() != b"chunked":
            raise Odd("the transfer coding is not `chunked`", 501)
        if not minor:
            raise Odd("HTTP/1.0 has no transfer codings")
        return None, True
    if not lengths:
        return None, False
    if not lengths[0].isdigit() or len(lengths[0]) > _LONGEST_LENGTH:
        raise Odd("the length of the body is not well formed")
    return int(lengths[0]), False
