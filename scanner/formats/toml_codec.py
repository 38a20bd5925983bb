"""TOML: values with their places, found by tree-sitter and checked against the standard library's parser.

What only edits need is imported where it is used.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Sequence
from typing import Any

from unsprawl.scanner.formats.json_strict import MAX_DEPTH
from unsprawl.scanner.formats.literal import locate
from unsprawl.scanner.formats.node import Edit, Flaw, Kind, Node, Parsed, Path, Span, Value, at
from unsprawl.scanner.formats.toml_strings import content, inside, pieces
from unsprawl.scanner.formats.toml_syntax import read
from unsprawl.scanner.formats.toml_tables import build, freeze

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)\Z")
_LONG_KEY = re.compile(
    r"""(?:^[ \t\[]*+|[{,][ \t]*+)(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)""" + f"{{{MAX_DEPTH}}}",
    re.MULTILINE,
)


class TomlCodec:
    """The `Codec` of TOML; see there what each method promises. An empty text is an empty table."""

    id = "toml"
    repeats = False

    def parse(self, text: str, wanted: Sequence[Path] | None = None) -> Parsed:
        """Parse any text. Everything is built, wanted or not: these files are small."""
        statements, understood = read(text)
        root = freeze(build(statements))._replace(span=Span(0, len(text)))
        if deep := _LONG_KEY.search(text):  # tomllib takes quadratic time for such a key
            return Parsed(root, (Flaw(deep.start(), "nested too deeply"),))
        try:
            value = tomllib.loads(text)
        except RecursionError:
            return Parsed(root, (Flaw(0, "nested too deeply"),))
        except ValueError as error:  # the message may quote a key, so only its place is used
            return Parsed(root, (Flaw(_offset(text, str(error)), "not valid TOML"),))
        if not understood or not _same(root, value):
            return Parsed(root, (Flaw(0, "uses TOML that unsprawl cannot place"),))
        return Parsed(root)

    def part_span(self, text: str, node: Node, start: int, end: int) -> Span:
        """Where characters start:end of the string are written; raises ValueError for other nodes and ranges."""
        _check_string(node)
        return locate(pieces(text, *node.span), content(text, *node.span)[1], start, end)

    def inside(self, text: str, node: Node, new: str) -> str:
        """`new` as written in this literal; raises ValueError when a literal string ('...') cannot hold it."""
        _check_string(node)
        return inside(text, *node.span, new)

    def part_edits(self, text: str, root: Node, path: Path, start: int, end: int, new: str) -> tuple[Edit, ...]:
        """Put `new` in place of a part of the string at `path`."""
        node = at(root, path)
        if node is None:
            raise ValueError("no value at this path")
        return (Edit(self.part_span(text, node, start, end), self.inside(text, node, new)),)

    def replace_edits(self, text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
        """Replace the whole value at `path`. Raises ValueError for a header table that is not to hold a table."""
        from unsprawl.scanner.formats.toml_edit import replace_entry

        return replace_entry(text, path, value)

    def remove_edits(self, text: str, root: Node, path: Path) -> tuple[Edit, ...]:
        """Remove the pair, item or table with all that is below it."""
        from unsprawl.scanner.formats.toml_remove import remove_entry

        return remove_entry(text, path)

    def insert_edits(self, text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
        """Add a pair as last of its table's own pairs, or an item before position `path[-1]`."""
        from unsprawl.scanner.formats.toml_edit import insert_entry

        return insert_entry(text, path, value)


def _check_string(node: Node) -> None:
    if node.kind is not Kind.STRING:
        raise ValueError("not a string")


def _offset(text: str, message: str) -> int:
    match = _PLACE.search(message)
    if match is None:
        return len(text)
    start = 0
    for _ in range(int(match[1]) - 1):
        start = text.find("\n", start) + 1
    return min(len(text), start + int(match[2]) - 1)


def _same(node: Node, value: Any) -> bool:
    """Whether the tree says what the standard library read. Dates are compared by being dates."""
    if isinstance(value, dict):
        names = [member.key for member in node.members]
        return (
            node.kind is Kind.OBJECT
            and len(names) == len(value)
            and all(m.key in value and _same(m.value, value[m.key]) for m in node.members)
        )
    if isinstance(value, list):
        same_length = node.kind is Kind.ARRAY and len(node.items) == len(value)
        return same_length and all(_same(item, part) for item, part in zip(node.items, value, strict=True))
    if isinstance(value, (datetime.date, datetime.time)):
        return node.kind is Kind.LITERAL and isinstance(node.value, str)
    return type(node.value) is type(value) and (node.value == value or value != value)


TOML = TomlCodec()
