"""Checksums that vendors put at the end of their tokens: offline proof that a value was issued or was made up."""

from __future__ import annotations

from binascii import b2a_base64, crc32
from collections.abc import Callable

from unsprawl.scanner.record import NamedTuple

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Checksum(NamedTuple):
    """Where the sum is and what it covers: `text[skip:-length - separator]`."""

    algorithm: str
    length: int
    """Characters at the end that are the sum."""
    skip: int = 0
    """Characters at the start that are not summed."""
    separator: int = 0
    """Characters before the sum that are not summed."""


def _digits(number: int, alphabet: str, width: int) -> str:
    out = ""
    while number:
        number, rest = divmod(number, len(alphabet))
        out = alphabet[rest] + out
    return out.rjust(width, alphabet[0])


ALGORITHMS: dict[str, Callable[[int], str]] = {
    "crc32-base62": lambda crc: _digits(crc, _BASE62, 6),
    "crc32-base36": lambda crc: _digits(crc, _BASE62[:36].lower(), 7),
    "crc32-hex": lambda crc: f"{crc:08x}",
    "crc32-hex-upper": lambda crc: f"{crc:08X}",
    "crc32-le-hex": lambda crc: crc.to_bytes(4, "little").hex(),
    "crc32-le-base64": lambda crc: b2a_base64(crc.to_bytes(4, "little")).decode()[:6],
}


def tail(checksum: Checksum, head: str) -> str:
    """The sum that belongs behind `head`, the token up to and with its separator."""
    summed = head[checksum.skip : len(head) - checksum.separator]
    return ALGORITHMS[checksum.algorithm](crc32(summed.encode("utf-8", "surrogatepass")))


def holds(checksum: Checksum, token: str) -> bool:
    """Whether the sum at the end of `token` is right."""
    return token[-checksum.length :] == tail(checksum, token[: -checksum.length])
