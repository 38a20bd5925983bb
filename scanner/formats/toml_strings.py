"""String literals of TOML, all four kinds: what they say, where each character stands, and how to write new ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.formats.literal import Piece

_ESCAPE = r"\\(?:[btnfre\"\\]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
_SPECIAL = {
    '"': re.compile(_ESCAPE),
    "'": re.compile(r"(?!)"),
    '"""': re.compile(_ESCAPE + r"|\\[ \t]*\r?\n[ \t\r\n]*|\r\n"),
    "'''": re.compile(r"\r\n"),
}
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_SHORT_OUT = {"\b": r"\b", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}
_FIRST_LINE_END = re.compile(r"\r?\n").match
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n").search
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+").fullmatch


def quotes(text: str, start: int) -> str:
    """The quotes that open the literal at `start`."""
    mark = text[start : start + 3]
    return mark if mark in ('"""', "'''") else text[start : start + 1]


def content(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the content of the literal text[start:end] begins and ends; a first line end does not count."""
    mark = quotes(text, start)
    if end - start < 2 * len(mark):  # `""` looks like the beginning of `\"\"\"`
        mark = mark[:1]
    first = start + len(mark)
    if len(mark) == 3 and (match := _FIRST_LINE_END(text, first)):
        first = match.end()
    return first, max(first, end - len(mark))


def pieces(text: str, start: int, end: int) -> Iterator[Piece]:
    """The runs and escapes of the literal text[start:end], quotes included there."""
    special = _SPECIAL[quotes(text, start)]
    at, stop = content(text, start, end)
    for match in special.finditer(text, at, stop):
        if at < match.start():
            yield Piece(at, match.start(), text[at : match.start()], plain=True)
        yield Piece(match.start(), match.end(), _meaning(match[0]))
        at = match.end()
    if at < stop:
        yield Piece(at, stop, text[at:stop], plain=True)


def decode(text: str, start: int, end: int) -> str:
    """The value of the literal text[start:end]."""
    return "".join(piece.value for piece in pieces(text, start, end))


def _meaning(written: str) -> str:
    if written == "\r\n":
        return "\n"
    kind = written[1]
    if kind in "xuU":
        code = int(written[2:], 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    return _SHORT.get(kind, "")


def inside(text: str, start: int, end: int, new: str) -> str:
    """`new` as written in the literal text[start:end]. Raises ValueError where that kind of literal cannot hold it."""
    mark = quotes(text, start)
    first, stop = content(text, start, end)
    if "'" in mark:
        lines = new.replace("\n", "") if len(mark) == 3 else new
        # Next to other quotes a single one could close the literal; a line end could be the one that does not count.
        if "'" in new or new.startswith("\n") or _CONTROL.search(lines):
            raise ValueError("a literal string cannot hold this text")
        return new.replace("\n", "\r\n") if text.find("\r\n", first, stop) >= 0 else new
    escaped = escape(new)
    if len(mark) == 3 and new[:1] in (" ", "\t") and _CONTINUED(text, first, stop):
        return f"\\u{ord(new[0]):04x}" + escaped[1:]  # a line continuation before it would swallow it
    return escaped


def escape(value: str) -> str:
    """`value` as it stands between double quotes. Raises ValueError for what TOML cannot say: surrogates.

    Those of undecodable bytes (see `text.decode`) pass, because the file held them before.
    """
    out: list[str] = []
    for char in value:
        code = ord(char)
        if 0xD800 <= code < 0xDC80 or 0xDD00 <= code <= 0xDFFF:
            raise ValueError("TOML cannot hold this character")
        if char in _SHORT_OUT:
            out.append(_SHORT_OUT[char])
        else:
            out.append(f"\\u{code:04x}" if _CONTROL.match(char) else char)
    return "".join(out)
