"""JSON as text, indented by two blanks, in pieces: what `json.dumps(indent=2)` gives whole, and slower."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from json import encoder
from typing import Any, cast

from unsprawl.scanner.report.each import Each

_quoted = cast(Any, encoder).encode_basestring
"""A string as JSON, with the characters that JSON allows as they are."""


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """The document with a line end behind it; each list that is an `Each` item by item."""
    yield from _pieces(document, "\n")
    yield "\n"


def _pieces(value: Any, line: str) -> Iterator[str]:
    """`line`: a line end with the blanks that stand before the value."""
    inner = line + "  "
    if isinstance(value, Each):
        before = "["
        for item in value:
            yield before + inner
            yield from _pieces(item, inner)
            before = ","
        yield f"{line}]" if before == "," else "[]"
    elif isinstance(value, dict) and any(isinstance(item, Each) for item in value.values()):
        before = "{"
        for key, item in value.items():
            yield f"{before}{inner}{_quoted(key)}: "
            yield from _pieces(item, inner)
            before = ","
        yield f"{line}}}"
    else:
        yield _text(value, line)


def _text(value: Any, line: str) -> str:
    if isinstance(value, str):
        text: str = _quoted(value)
        return text
    if value is None:
        return "null"
    if type(value) is int:
        return str(value)
    if isinstance(value, dict):
        inner = line + "  "
        members = [f"{_quoted(key)}: {_text(item, inner)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(members)}{line}}}" if members else "{}"
    if isinstance(value, (list, tuple)):
        inner = line + "  "
        items = [_text(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(items)}{line}]" if items else "[]"
    return json.dumps(value)
