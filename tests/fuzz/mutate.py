"""Ways in which files get damaged, each from bytes to bytes, driven by a seeded random."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

SIGNS = (
    *(bytes([sign]) for sign in b"\"'{}[],:\\#=&*!|>-\0\n\t"),
    *(b"//", b"/*", b"*/", b"- ", b"&a ", b"!!"),
)
ODD = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x80",
    b"\xed\xa0\x80",
    b"\x1b[31m",
    *(sign.encode() for sign in ("\u2028", "\u202e", "\U0001f600")),
)
RUNS = (b"a", b" ", b'"', b"\\", b"-", b"=", b"${", b"A1", b"%", b"/")


def cut_short(data: bytes, random: Random) -> bytes:
    """What a full disk or a killed writer leaves."""
    return data[: random.randrange(len(data) + 1)]


def cut_out(data: bytes, random: Random) -> bytes:
    """A stretch is missing."""
    start = random.randrange(len(data) + 1)
    return data[:start] + data[start + random.randrange(1, 80) :]


def doubled(data: bytes, random: Random) -> bytes:
    """A stretch was pasted twice, here or elsewhere."""
    start = random.randrange(len(data) + 1)
    piece, at = data[start : start + random.randrange(1, 400)], random.randrange(len(data) + 1)
    return data[:at] + piece + data[at:]


def signs(data: bytes, random: Random) -> bytes:
    """Signs that mean something to a parser, where they do not belong."""
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(data) + 1)
        data = data[:at] + random.choice(SIGNS) + data[at + random.randrange(2) :]
    return data


def odd_bytes(data: bytes, random: Random) -> bytes:
    """Marks, surrogates, escapes, characters that turn the line around."""
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(data) + 1)
        data = data[:at] + random.choice(ODD) + data[at:]
    return data


def flipped(data: bytes, random: Random) -> bytes:
    """Bits of a bad disk."""
    changed = bytearray(data)
    for _ in range(random.randrange(1, 10)):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def nested(data: bytes, random: Random) -> bytes:
    """Brackets by the thousand."""
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice((b"[", b'{"a":', b"(", b"- - ", b"a.", b"{{")) * 3000 + data[at:]


def long_run(data: bytes, random: Random) -> bytes:
    """One character for ever: what slow patterns cannot bear."""
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(RUNS) * 20_000 + data[at:]


def other_encoding(data: bytes, random: Random) -> bytes:
    """The same text as another program would store it."""
    text = data.decode("utf-8", "replace")
    return text.encode(random.choice(("utf-16", "utf-16-le", "utf-32", "cp1252")), "replace")


DAMAGE: tuple[Callable[[bytes, Random], bytes], ...] = (
    cut_short, cut_out, doubled, signs, odd_bytes, flipped, nested, long_run, other_encoding,
)  # fmt: skip
