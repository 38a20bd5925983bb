"""Any text as one line of printable ASCII, for stores that take and give lines."""

from __future__ import annotations

from base64 import b64decode, b64encode

MARK = "base64:"
"""Begins a text that is not the value itself."""


def to_line(text: str) -> str:
    """`text` itself where it is such a line, else encoded behind `MARK`: a person who looks still sees most values."""
    if text and text.isascii() and text.isprintable() and text == text.strip() and not text.startswith(MARK):
        return text
    return MARK + b64encode(text.encode("utf-8")).decode("ascii")


def from_line(line: str) -> str:
    """The text that `to_line` made `line` of. Raises ValueError when it cannot be one of ours."""
    if not line.startswith(MARK):
        return line
    return b64decode(line[len(MARK) :], validate=True).decode("utf-8")
