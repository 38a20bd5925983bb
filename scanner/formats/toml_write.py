"""New TOML values and keys, and how the pairs and lists of a file are spaced."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from unsprawl.scanner.formats.node import Value
from unsprawl.scanner.formats.sequence import Layout
from unsprawl.scanner.formats.toml_strings import BARE_KEY, escape
from unsprawl.scanner.formats.toml_syntax import Array, Header, Inline, Pair

_EQUALS = re.compile(r"([ \t]*)=([ \t]*)").fullmatch


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of one file."""

    newline: str = "\n"
    equals: str = " = "
    array_pad: str = ""
    inline_pad: str = " "

    def layout(self, pad: str) -> Layout:
        """For lists in brackets and tables in braces, which open on one line."""
        return Layout(self.newline, "    ", ", ", pad, multi=False)


def detect(text: str, statements: list[Header | Pair]) -> Style:
    """Read the style off the first examples."""
    newline = "\r\n" if "\r\n" in text else "\n"
    equals, pads = " = ", {"[": "", "{": " "}
    pairs = [s for s in statements if isinstance(s, Pair)]
    if pairs:
        equals = equals_of(text, pairs[0])
    for opening, kind in (("[", Array), ("{", Inline)):
        for pair in pairs:
            if isinstance(pair.value, kind):
                written = text[pair.value.span.start : pair.value.span.end]
                if "\n" not in written and written[1:-1].strip():
                    pads[opening] = " " if written[1] == " " else ""
                    break
    return Style(newline, equals, pads["["], pads["{"])


def equals_of(text: str, pair: Pair) -> str:
    """The equals sign of a pair with the space around it; columns of aligned ones are not copied."""
    match = _EQUALS(text, pair.keys[-1].span.end, pair.value.span.start)
    return " = " if match is None else (" " if match[1] else "") + "=" + (" " if match[2] else "")


def write_key(key: str) -> str:
    """A key, quoted where it must be."""
    return key if BARE_KEY(key) else f'"{escape(key)}"'


def write(value: Value, style: Style) -> str:
    """A value on one line, tables in braces.

    Raises ValueError for what TOML cannot say: null, and strings with lone surrogates.
    """
    match value:
        case str():
            return f'"{escape(value)}"'
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else ("nan" if math.isnan(value) else f"{value:+}")
        case list():
            return _enclose("[]", [write(item, style) for item in value], style.array_pad)
        case dict():
            return _enclose("{}", [write_pair(key, item, style) for key, item in value.items()], style.inline_pad)
        case None:
            raise ValueError("TOML has no null")
    raise ValueError("not a value of TOML")


def write_pair(key: str, value: Value, style: Style) -> str:
    """`key = value`."""
    return write_key(key) + style.equals + write(value, style)


def _enclose(brackets: str, parts: list[str], pad: str) -> str:
    return brackets[0] + (pad + ", ".join(parts) + pad if parts else "") + brackets[1]
