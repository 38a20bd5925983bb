"""How a JSON file is written (line ends, indentation, spaces, quotes), and new values written the same way."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from unsprawl.scanner.formats.json_strings import escape, writes_ascii_only
from unsprawl.scanner.formats.node import Kind, Node, Value
from unsprawl.scanner.formats.sequence import line_indent, line_start

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*").fullmatch
_COLON = re.compile(r"[ \t]*:[ \t]*").fullmatch


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of one file."""

    newline: str = "\n"
    unit: str = "  "
    colon: str = ": "
    separator: str = ", "
    object_pad: str = ""
    array_pad: str = ""
    quote: str = '"'
    key_quote: str = '"'
    """Empty: keys stand without quotes where they can."""
    ascii_only: bool = False
    multi: bool = True
    """Objects spread over several lines."""
    arrays_multi: bool = False


_ENOUGH = 2_000
"""Values that are looked at for habits: a file of megabytes has shown them all by then."""
_DEEPEST = 400
"""Characters of indentation; more before a value on its line is other text."""


def detect(text: str, root: Node) -> Style:
    """Read the style off the first example of each habit."""
    newline = re.search(r"\r\n|\n|\r", text)
    style: dict[str, str | bool] = {
        "newline": newline[0] if newline else "\n",
        "multi": not _elements(root) or _breaks(text, root),
        "ascii_only": writes_ascii_only(text),
    }
    for node in islice(_walk(root), _ENOUGH):
        starts = _elements(node)
        if starts and _own_line(text, starts[0]) and "unit" not in style:
            outer, inner = line_indent(text, node.span.start), line_indent(text, starts[0])
            if inner.startswith(outer) and inner != outer:
                style["unit"] = inner[len(outer) :]
        if starts and not _breaks(text, node):
            pad = " " if text[node.span.start + 1] == " " else ""
            style.setdefault("object_pad" if node.kind is Kind.OBJECT else "array_pad", pad)
        if node.items and "arrays_multi" not in style:
            style["arrays_multi"] = _own_line(text, starts[0])
        for member in node.members[:1]:
            first = text[member.key_span.start]
            style.setdefault("key_quote", first if first in "\"'" else "")
            colon = text[member.key_span.end : member.value.span.start]
            if _COLON(colon):
                style.setdefault("colon", colon)
                style.setdefault("separator", ", " if colon.endswith(" ") else ",")
        if node.kind is Kind.STRING and text[node.span.start] in "\"'":
            style.setdefault("quote", text[node.span.start])
    return Style(**style)  # type: ignore[arg-type]


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for member in node.members:
        yield from _walk(member.value)
    for item in node.items:
        yield from _walk(item)


def _elements(node: Node) -> list[int]:
    return [m.key_span.start for m in node.members[:1]] or [i.span.start for i in node.items[:1]]


def _breaks(text: str, node: Node) -> bool:
    return text.find("\n", *node.span) >= 0 or text.find("\r", *node.span) >= 0


def _own_line(text: str, start: int) -> bool:
    begin = line_start(text, start)
    return start - begin <= _DEEPEST and not text[begin:start].strip(" \t,")


def write(value: Value, style: Style, indent: str, multi: bool) -> str:
    """Spell a value. `indent` is that of its line; without `multi` all of it stays on this line.

    Raises ValueError for numbers that JSON cannot hold.
    """
    if isinstance(value, str):
        return write_string(value, style.quote, style)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a number of JSON")
    if not isinstance(value, (dict, list)):
        return json.dumps(value)
    is_object = isinstance(value, dict)
    opening, closing = "{}" if is_object else "[]"
    if not value:
        return opening + closing
    spread = multi and (
        is_object or style.arrays_multi or any(isinstance(item, (dict, list)) and item for item in value)
    )
    inner = indent + style.unit
    if isinstance(value, dict):
        parts = [write_pair(key, item, style, inner, spread) for key, item in value.items()]
    else:
        parts = [write(item, style, inner, spread) for item in value]
    if spread:
        between = "," + style.newline + inner
        return opening + style.newline + inner + between.join(parts) + style.newline + indent + closing
    pad = style.object_pad if is_object else style.array_pad
    return opening + pad + style.separator.join(parts) + pad + closing


def write_pair(key: str, value: Value, style: Style, indent: str, multi: bool) -> str:
    """Spell a key with its value."""
    bare = not style.key_quote and _NAME(key)
    written = key if bare else write_string(key, style.key_quote or style.quote, style)
    return written + style.colon + write(value, style, indent, multi)


def write_string(value: str, quote: str, style: Style) -> str:
    """Spell a string with its quotes."""
    return quote + escape(value, quote, ascii_only=style.ascii_only) + quote
