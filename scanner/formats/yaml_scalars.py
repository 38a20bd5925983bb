"""Scalars of YAML in all five styles: what they say, and where each character of it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.formats.literal import Piece, locate
from unsprawl.scanner.formats.node import Kind, Node, Span

PLAIN, SINGLE, DOUBLE, LITERAL, FOLDED = "plain", "'", '"', "|", ">"
WHOLE = "whole"
"""A scalar whose characters cannot be told apart: only the place of all of it is known."""

# Line ends of YAML 1.2: U+0085, U+2028 and U+2029 are ordinary characters.
_BREAK = r"(?:\r\n|\n|\r)"
_BREAKS = _BREAK + r"(?:[ \t]*+" + _BREAK + r")*+[ \t]*+"
_ONE_BREAK = re.compile(_BREAK)
_ESCAPE = (
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rf"|x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|{_BREAKS}|[\s\S])"
)
_SPECIAL = {
    PLAIN: re.compile(_BREAKS),
    SINGLE: re.compile(rf"''|{_BREAKS}"),
    DOUBLE: re.compile(rf"{_ESCAPE}|{_BREAKS}"),
}
_SHORT = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEADER = re.compile(rf"[|>]([-+0-9]*)[ \t]*(?:#[^\r\n]*)?{_BREAK}?")
_LINE = re.compile(rf"([^\r\n]*)({_BREAK}?)")

_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0[0-7_]*|[1-9][0-9_]*)").fullmatch
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?").fullmatch
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)").fullmatch
_LONGEST_NUMBER = 20
"""More digits are no amount but an identifier or a key, and they are to be judged as text."""
_LITERALS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **{spelled: True for word in ("true", "yes", "on") for spelled in (word, word.title(), word.upper())},
    **{spelled: False for word in ("false", "no", "off") for spelled in (word, word.title(), word.upper())},
}


def plain_value(written: str) -> tuple[Kind, str | int | float | bool | None]:
    """What an unquoted scalar is by the YAML 1.1 core types; dates, and all that is none of them, are text."""
    if written in _LITERALS:
        return Kind.LITERAL, _LITERALS[written]
    if len(written) <= _LONGEST_NUMBER and written[0] in "+-.0123456789":
        if _INTEGER(written):
            return Kind.NUMBER, _whole(written.replace("_", ""))
        if _FLOAT(written):
            return Kind.NUMBER, float(written.replace("_", ""))
        if _NOT_FINITE(written):
            return Kind.NUMBER, float(written.lower().replace(".", ""))
    return Kind.STRING, written


def _whole(written: str) -> int:
    digits = written.lstrip("+-")
    if digits[:2] in ("0b", "0x", "0o"):
        number = int(digits[2:] or "0", {"b": 2, "x": 16, "o": 8}[digits[1]])
    else:
        number = int(digits, 8 if digits[0] == "0" else 10)
    return -number if written[0] == "-" else number


def content(span: Span, form: str) -> Span:
    """Without the quotes."""
    return Span(span.start + 1, max(span.start + 1, span.end - 1)) if form in (SINGLE, DOUBLE) else span


def pieces(text: str, span: Span, form: str, value: str) -> list[Piece]:
    """The runs of the scalar text[span]. They spell `value` where it is known; see `decode`."""
    if form in (PLAIN, SINGLE, DOUBLE):
        return list(_flow(text, *content(span, form), _SPECIAL[form]))
    if form in (LITERAL, FOLDED):
        indent = _indentation(text, span, value)
        if indent is not None:
            return list(block(text, span, indent))
    return [Piece(*span, value)]


def part_span(text: str, node: Node, value: str, start: int, end: int) -> Span:
    """Where characters start:end of the scalar's `value` are written. Raises ValueError for another range."""
    return locate(pieces(text, node.span, node.form, value), content(node.span, node.form).end, start, end)


def decode(text: str, span: Span, form: str, hint: str) -> str:
    """The value of the scalar. `hint` is what a parser made of it; a block's indentation is told from it."""
    if form == PLAIN and text.startswith(hint, span.start) and len(hint) == span.end - span.start:
        return hint
    return "".join(piece.value for piece in pieces(text, span, form, hint))


def _flow(text: str, start: int, end: int, special: re.Pattern[str]) -> Iterator[Piece]:
    """Lines are folded: one line end with the blanks around it is a space, each further one a line end."""
    at = start
    for match in special.finditer(text, start, end):
        first = match.start()
        if text[first] in "\r\n":
            while first > at and text[first - 1] in " \t":
                first -= 1
        if at < first:
            yield Piece(at, first, text[at:first], plain=True)
        yield Piece(first, match.end(), _meaning(match[0]))
        at = match.end()
    if at < end:
        yield Piece(at, end, text[at:end], plain=True)


def _meaning(written: str) -> str:
    if written[0] in "\r\n":
        return "\n" * (len(_ONE_BREAK.findall(written)) - 1) or " "
    if written == "''":
        return "'"
    kind = written[1:2]
    if kind in ("\r", "\n"):
        return "\n" * (len(_ONE_BREAK.findall(written)) - 1)
    if len(written) == 12:  # a pair of surrogates, as JSON writes characters beyond the first 65536
        return chr(0x10000 + ((int(written[2:6], 16) - 0xD800) << 10) + int(written[8:12], 16) - 0xDC00)
    if len(written) > 2:
        code = int(written[2:], 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    return _SHORT.get(kind, kind)


def _indentation(text: str, span: Span, value: str) -> int | None:
    """How far a block's lines are indented: what its first line that is not blank lost on the way to the value."""
    header = _HEADER.match(text, *span)
    if header is None:
        return None
    written = _first_spaces(text, header.end(), span.end)
    kept = _first_spaces(value, 0, len(value))
    return None if written is None or kept is None or written < kept else written - kept


def _first_spaces(text: str, start: int, end: int) -> int | None:
    while start < end:
        match = _LINE.match(text, start, end)
        assert match is not None  # it matches anywhere
        line = match[1]
        if stripped := line.lstrip(" "):
            return len(line) - len(stripped)
        start = match.end()
    return None


def block(text: str, span: Span, indent: int) -> Iterator[Piece]:
    """The lines of a `|` or `>` block, and the line ends between them as far as they count."""
    header = _HEADER.match(text, *span)
    if header is None:
        return
    folded, at = text[span.start] == FOLDED, header.end()
    gap, line_end, empty, was_blank = at, False, 0, False
    while at < span.end:
        match = _LINE.match(text, at, span.end)
        assert match is not None
        spaces = len(match[1][:indent]) - len(match[1][:indent].lstrip(" "))
        start, end, at = at + spaces, match.end(1), match.end()
        if start == end:
            empty += 1
            continue
        is_blank = text[start] in " \t"
        if folded and line_end and not was_blank and not is_blank:
            between = "\n" * empty or " "
        else:
            between = "\n" * (empty + line_end)
        if between:
            yield Piece(gap, start, between)
        yield Piece(start, end, text[start:end], plain=True)
        gap, line_end, empty, was_blank = end, at > end, 0, is_blank
    last = "" if "-" in header[1] else "\n" * (line_end + (empty if "+" in header[1] else 0))
    if last:
        yield Piece(gap, span.end, last)
