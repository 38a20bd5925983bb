"""How a value is written in each place of a request, and how what a client wrote there is read."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from urllib.parse import quote

_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_IN_SEGMENT = "!$&'()*+,;=:@"
"""What may stand in a segment of a path as it is (RFC 3986), besides letters, digits and `-._~`."""
_CONTROLS = re.compile("[\x00-\x1f\x7f]")

Encode = Callable[[str, bytes], bytes | None]
"""The value as it is written in that place, given what is replaced; None if it cannot stand there."""


def in_header(value: str, _: bytes) -> bytes | None:
    """In Latin-1, as it is; None for what would end the header or lose a blank."""
    if _CONTROLS.search(value) or value != value.strip(" "):
        return None
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return None


def in_basic(credentials: bytes) -> Encode:
    """A user name ends at the first colon, so no value with a colon may stand in one that has an end."""
    user, colon, _ = credentials.partition(b":")

    def encode(value: str, replaced: bytes) -> bytes | None:
        if _CONTROLS.search(value) or (colon and ":" in value and replaced in user):
            return None
        return _utf_8(value)

    return encode


def in_query(value: str, _: bytes) -> bytes | None:
    """UTF-8, with escapes for all that could mean something."""
    data = None if _CONTROLS.search(value) else _utf_8(value)
    return None if data is None else quote(data, safe="").encode()


def in_path(value: str, replaced: bytes) -> bytes | None:
    """A slash stays one where the client left those of the placeholder; no value may lead to another folder."""
    data = None if _CONTROLS.search(value) else _utf_8(value)
    if data is None or any(segment in (".", "..") for segment in re.split(r"[/\\]", value)):
        return None
    return quote(data, safe=_IN_SEGMENT + "/" if b"/" in replaced else _IN_SEGMENT).encode()


def in_address(value: str, _: bytes) -> bytes | None:
    """An address stands in the vault as it is sent."""
    return value.encode() if re.fullmatch(r"[!-~]+", value) and "#" not in value else None


def _utf_8(value: str) -> bytes | None:
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        return None


def percent_decoded(raw: bytes) -> tuple[bytes, list[int]]:
    """The text without its escapes, and for each of its bytes, and its end, where it stands in `raw`."""
    text, shown = bytearray(), 0
    places: list[int] = []
    for match in _PERCENT.finditer(raw):
        text += raw[shown : match.start()]
        places += range(shown, match.start())
        text.append(int(match[1], 16))
        places.append(match.start())
        shown = match.end()
    places += range(shown, len(raw) + 1)
    return bytes(text + raw[shown:]), places


def base64_decoded(text: bytes) -> bytes | None:
    """What either alphabet of base64 says, with its padding or without; None if it is none."""
    plain = text.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return None
