"""New YAML values: scalars in the quotes that they need, collections in lines or in brackets."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from unsprawl.scanner.formats.node import Kind, Value
from unsprawl.scanner.formats.yaml_scalars import DOUBLE, PLAIN, SINGLE, plain_value

_PLAIN = re.compile(
    r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[^\s,\[\]{}]))(?:[^\s:#]|:(?=\S)|(?<=\S)#| (?=[^\s#]))*"
).fullmatch
_BRACKETS = re.compile(r"[,\[\]{}]|:$").search
_OTHERWISE = re.compile(
    # What one version of YAML or another takes for something else than text: numbers and dates of all kinds, words.
    r"[-+.]?[0-9][-+0-9_.,:xXoObBeEa-fA-FTtZz ]*|[-+]?\.(?:inf|nan)|[-=~.]+|<<|[yn]|null|true|false|yes|no|on|off",
    re.IGNORECASE,
).fullmatch
_UNPRINTABLE = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufeff\\ufffe\\uffff\\t\\n\\r]"
)
_SHORT = {"\n": r"\n", "\t": r"\t", "\r": r"\r", '"': r"\"", "\\": r"\\"}
_ESCAPED = re.compile(rf'["\\]|{_UNPRINTABLE.pattern}')


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of one file."""

    newline: str = "\n"
    unit: int = 2
    """Spaces that a map is further in than its key."""
    dash: int = 2
    """Spaces that the dashes of a list are further in than its key."""
    brackets: bool = False
    """Lists of plain values are written in brackets."""
    quote: str = DOUBLE
    map_pad: str = ""
    list_pad: str = ""
    """Inside the brackets of a map, of a list."""


def is_plain(text: str, *, flow: bool) -> bool:
    """Whether the text means itself without quotes. `flow`: within brackets, which allow less."""
    if not _PLAIN(text) or _OTHERWISE(text) or _UNPRINTABLE.search(text) or text.startswith(("---", "...")):
        return False
    return not (flow and _BRACKETS(text)) and plain_value(text)[0] is Kind.STRING


def is_printable(text: str) -> bool:
    """Whether the text can stand as it is on one line."""
    return not _UNPRINTABLE.search(text)


def write_text(text: str, style: Style, *, flow: bool, form: str = PLAIN) -> str:
    """Spell a string: in the quotes of `form` where they can hold it, without any where it needs none.

    Raises ValueError for half a character, which no YAML can hold.
    """
    if form == PLAIN:
        if is_plain(text, flow=flow):
            return text
        form = style.quote
    if form == SINGLE and not _UNPRINTABLE.search(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{escape(text)}"'


def escape(text: str) -> str:
    """As written in double quotes. Raises ValueError for half a character."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("half a character")
    return _ESCAPED.sub(lambda match: _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}", text)


def write_scalar(value: Value, style: Style, *, flow: bool, form: str = PLAIN) -> str:
    """Spell anything that is no collection, or an empty one."""
    if isinstance(value, str):
        return write_text(value, style, flow=flow, form=form)
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    if isinstance(value, float):  # YAML 1.1 knows a number by its point
        mantissa, exponent, power = repr(value).partition("e")
        return f"{mantissa}{'' if '.' in mantissa else '.0'}{exponent}{power}"
    return json.dumps(value)


def write_flow(value: Value, style: Style) -> str:
    """Spell a value in brackets, on one line."""
    if not value or not isinstance(value, (dict, list)):
        return write_scalar(value, style, flow=True)
    if isinstance(value, dict):
        parts = [write_pair_flow(key, item, style) for key, item in value.items()]
        return "{" + style.map_pad + ", ".join(parts) + style.map_pad + "}"
    return "[" + style.list_pad + ", ".join(write_flow(item, style) for item in value) + style.list_pad + "]"


def write_pair_flow(key: str, value: Value, style: Style) -> str:
    """Spell a pair within braces."""
    return f"{write_text(key, style, flow=True)}: {write_flow(value, style)}"


def write_pair(key: str, value: Value, style: Style, column: int) -> str:
    """Spell a pair of a map in lines. `column`: how many spaces stand before its key, and before further lines."""
    return f"{write_text(key, style, flow=False)}:{write_below(value, style, column)}"


def write_item(value: Value, style: Style, column: int) -> str:
    """Spell an item of a list in lines, with its dash; `column`: how many spaces stand before that."""
    if value and isinstance(value, (dict, list)):
        return "- " + _block(value, style, column + 2)
    return "- " + write_scalar(value, style, flow=False)


def write_below(value: Value, style: Style, column: int) -> str:
    """What follows the colon of a key at this column."""
    if not value or not isinstance(value, (dict, list)):
        return " " + write_scalar(value, style, flow=False)
    if isinstance(value, list):
        if style.brackets and not any(isinstance(item, (dict, list)) for item in value):
            return " " + write_flow(value, style)
        inner = column + style.dash
    else:
        inner = column + style.unit
    return style.newline + " " * inner + _block(value, style, inner)


def _block(value: dict[str, Value] | list[Value], style: Style, column: int) -> str:
    """The lines of a collection that is not empty; the first is to be put at `column`."""
    if isinstance(value, dict):
        parts = [write_pair(key, item, style, column) for key, item in value.items()]
    else:
        parts = [write_item(item, style, column) for item in value]
    return (style.newline + " " * column).join(parts)
