"""JSON, JSONC and JSON5: one codec that reads fast where the text is strict and goes on where it is not.

What a strict, clean file does not need is imported where it is used: this module loads at every commit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from unsprawl.scanner.formats.json_strict import BARE, NotStrict, scan
from unsprawl.scanner.formats.node import Edit, Flaw, Kind, Node, Parsed, Path, Span, Value, at

_BLANK = re.compile(r"\s*").match


class JsonCodec:
    """The `Codec` of JSON and its relatives; see there what each method promises."""

    id = "json"
    repeats = False

    def parse(self, text: str, wanted: Sequence[Path] | None = None) -> Parsed:
        """Parse any text. Only `wanted` paths, and what is below them, are built; the rest stays OPAQUE."""
        blank = _BLANK(text)
        if blank is not None and blank.end() == len(text):
            return Parsed(None, (Flaw(0, "empty file"),))
        try:
            return Parsed(scan(text, wanted))
        except NotStrict:
            from unsprawl.scanner.formats.json_tolerant import read

            return read(text, wanted)

    def part_span(self, text: str, node: Node, start: int, end: int) -> Span:
        """Where characters start:end of the string are written; raises ValueError for other nodes and ranges."""
        from unsprawl.scanner.formats.json_strings import pieces
        from unsprawl.scanner.formats.literal import Piece, locate

        if node.form == BARE:  # broken text: a value without quotes stands for itself
            return locate([Piece(*node.span, str(node.value), plain=True)], node.span.end, start, end)
        first, last = _written(text, node)
        return locate(pieces(text, first, last), last, start, end)

    def inside(self, text: str, node: Node, new: str) -> str:
        """`new` as written in this literal; raises ValueError when the node is no quoted string."""
        from unsprawl.scanner.formats.json_strings import escape, writes_ascii_only

        start, end = _content(text, node)
        quote, content = text[node.span.start], text[start:end]
        plain = not content.isascii()
        ascii_only = not plain and (writes_ascii_only(content) or writes_ascii_only(text))
        return escape(new, quote, ascii_only=ascii_only, keep=content)

    def part_edits(self, text: str, root: Node, path: Path, start: int, end: int, new: str) -> tuple[Edit, ...]:
        """Put `new` in place of a part of the string at `path`; raises ValueError when there is no quoted string."""
        node = at(root, path)
        if node is None:
            raise ValueError("no value at this path")
        return (Edit(self.part_span(text, node, start, end), self.inside(text, node, new)),)

    def replace_edits(self, text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
        """Replace the whole value at `path`."""
        from unsprawl.scanner.formats.json_edit import replace_value

        return replace_value(text, root, path, value)

    def remove_edits(self, text: str, root: Node, path: Path) -> tuple[Edit, ...]:
        """Remove the pair or item at `path` (of a repeated key: the last)."""
        from unsprawl.scanner.formats.json_edit import remove_element

        return remove_element(text, root, path)

    def insert_edits(self, text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
        """Add a pair as last of its object, or an item before position `path[-1]`."""
        from unsprawl.scanner.formats.json_edit import insert_element

        return insert_element(text, root, path, value)


def _written(text: str, node: Node) -> tuple[int, int]:
    """What is between the quotes, of which the last may be missing in broken text."""
    try:
        return _content(text, node)
    except ValueError:
        if node.kind is not Kind.STRING or text[node.span.start] not in "\"'":
            raise
    return node.span.start + 1, node.span.end


def _content(text: str, node: Node) -> tuple[int, int]:
    start, end = node.span
    if node.kind is not Kind.STRING or end - start < 2 or text[start] not in "\"'" or text[end - 1] != text[start]:
        raise ValueError("not a quoted string")
    return start + 1, end - 1


JSON = JsonCodec()
