"""String literals of JSON and JSON5: what they say, where each character stands, and how to write new ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.formats.literal import Piece

_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]?))"
)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_LINE_ENDS = ("\r\n", "\n", "\r", "\u2028", "\u2029")
_CONTROL = re.compile(r"[\x00-\x1f]")
_WRITTEN_NON_ASCII = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")
_SHORT_OUT = {"\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\"}

STRICT, LIBERTY, WRONG = 0, 1, 2


def pieces(text: str, start: int, end: int) -> Iterator[Piece]:
    """The runs and escapes of the literal whose content (without quotes) is text[start:end]."""
    at = start
    for match in _ESCAPE.finditer(text, start, end):
        if at < match.start():
            yield Piece(at, match.start(), text[at : match.start()], plain=True)
        yield Piece(match.start(), match.end(), _meaning(match))
        at = match.end()
    if at < end:
        yield Piece(at, end, text[at:end], plain=True)


def decode(text: str, start: int, end: int) -> tuple[str, int]:
    """The value of the literal with content text[start:end], and how far it departs from strict JSON."""
    content = text[start:end]
    standing = LIBERTY if _CONTROL.search(content) else STRICT
    if "\\" not in content:
        return content, standing
    for match in _ESCAPE.finditer(content):
        standing = max(standing, _standing(match))
    return _ESCAPE.sub(_meaning, content), standing


def _meaning(match: re.Match[str]) -> str:
    high, low, unit, byte, other = match.groups()
    if high is not None:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    if unit is not None or byte is not None:
        return chr(int(unit or byte, 16))
    return "" if other in _LINE_ENDS else _SHORT.get(other, other)


def _standing(match: re.Match[str]) -> int:
    byte, other = match[4], match[5]
    if other is None:
        return STRICT if byte is None else LIBERTY
    if other != "" and other in '"\\/bfnrt':
        return STRICT
    return WRONG if other == "" or other in "ux123456789" else LIBERTY


def escape(new: str, quote: str, *, ascii_only: bool, keep: str = "") -> str:
    """`new` as it stands between `quote` characters.

    Control characters are always escaped, lone surrogates too unless `keep` (text that was there before) has them.
    """
    out: list[str] = []
    for char in new:
        code = ord(char)
        if char == quote:
            out.append("\\" + char)
        elif char in _SHORT_OUT:
            out.append(_SHORT_OUT[char])
        elif code < 0x20 or (0xD800 <= code <= 0xDFFF and char not in keep) or (ascii_only and 0x7F < code < 0x10000):
            out.append(f"\\u{code:04x}")
        elif ascii_only and code > 0xFFFF:
            code -= 0x10000
            out.append(f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}")
        else:
            out.append(char)
    return "".join(out)


def writes_ascii_only(text: str, start: int = 0, end: int | None = None) -> bool:
    r"""Whether other characters than ASCII are spelled \uXXXX here: at least one is, and none stands plain."""
    part = text[start:end] if start or end is not None else text
    return part.isascii() and _WRITTEN_NON_ASCII.search(part) is not None
