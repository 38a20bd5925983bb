"""Parsed configuration text: a tree whose every value knows its exact place, and edits on that text.

All offsets count characters of the decoded text (`scanner.formats.text` maps bytes to text and back without loss).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias

from unsprawl.scanner.record import NamedTuple

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the root: what a JSON pointer spells."""


class Span(NamedTuple):
    """Half-open range of characters."""

    start: int
    end: int


class Edit(NamedTuple):
    """Put `text` where `span` is."""

    span: Span
    text: str

    def __repr__(self) -> str:  # the text may be a secret that undo puts back
        return f"Edit(<hidden> at {self.span.start}:{self.span.end})"


class Kind(StrEnum):
    """What a node is. OPAQUE was skipped as not wanted: only its span is known."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    OPAQUE = "opaque"


class Member(NamedTuple):
    """One key of an object, in file order; a key may occur twice."""

    key: str
    key_span: Span
    value: Node

    def __repr__(self) -> str:
        return f"Member(<hidden> at {self.key_span.start})"


class Node(NamedTuple):
    """One value. `span` covers its text as written, quotes and brackets included."""

    kind: Kind
    span: Span
    value: str | int | float | bool | None = None
    members: tuple[Member, ...] = ()
    items: tuple[Node, ...] = ()
    form: str = ""
    """Private to the codec that made it, for example which TOML spelling a table has."""

    def __repr__(self) -> str:  # values may be secrets
        return f"Node({self.kind.value} {self.span.start}:{self.span.end})"

    def get(self, key: str) -> Node | None:
        """The value of `key`; the last one where a key is written twice, as parsers of hosts do."""
        for member in reversed(self.members):
            if member.key == key:
                return member.value
        return None

    def text(self) -> str | None:
        """The string it holds, or None for anything else."""
        return self.value if self.kind is Kind.STRING and isinstance(self.value, str) else None


MAX_FLAWS = 100
"""So many of one file are told; beyond a hundred nobody reads them."""


class Flaw(NamedTuple):
    """Something wrong at an offset. `message` never quotes the file's text."""

    offset: int
    message: str


class Parsed(NamedTuple):
    """What a codec made of a text."""

    root: Node | None
    flaws: tuple[Flaw, ...] = ()
    """Not empty: the text is broken there; the tree holds what could be read. Such a file is reported, never edited."""
    comments: bool = False
    """Comments, trailing commas or another liberty that strict JSON does not have were seen."""
    others: tuple[Node, ...] = ()
    """The later documents of a YAML text; `root` is the first."""


class Codec(Protocol):
    """One file format that can be read. All other methods work on a tree that `parse` made of the same text."""

    @property
    def id(self) -> str: ...

    def parse(self, text: str, wanted: Sequence[Path] | None = None) -> Parsed:
        """Parse `text`. With `wanted` (key paths, "*" for any key) values off these paths may come back OPAQUE."""
        ...

    def part_span(self, text: str, node: Node, start: int, end: int) -> Span:
        """Where characters start:end of a string node's *decoded* value are written, escapes considered."""
        ...


class EditingCodec(Codec, Protocol):
    """A file format that can be written as well."""

    @property
    def repeats(self) -> bool:
        """Whether a value that is written once may stand in several places of the tree."""
        ...

    def part_edits(self, text: str, root: Node, path: Path, start: int, end: int, new: str) -> tuple[Edit, ...]:
        """Put `new` in place of characters start:end of the string at `path`, spelled as its quotes ask for."""
        ...

    def replace_edits(self, text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
        """Replace the whole value at `path`."""
        ...

    def remove_edits(self, text: str, root: Node, path: Path) -> tuple[Edit, ...]:
        """Remove the pair or list item at `path` with its separator and its own trailing comment."""
        ...

    def insert_edits(self, text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
        """Add a pair as last of the object at `path[:-1]`, or an item before position `path[-1]` of a list.

        In the file's own style: indentation, line ends, spacing, trailing commas.
        """
        ...


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text with all edits made, from the end backwards so that earlier spans stay true.

    Raises ValueError when spans overlap or lie outside the text.
    """
    limit = len(text)
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end), reverse=True):
        if not 0 <= edit.span.start <= edit.span.end <= limit:
            raise ValueError("edits overlap or lie outside the text")
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        limit = edit.span.start
    return text


def at(root: Node, path: Path) -> Node | None:
    """The node at `path`, or None."""
    node: Node | None = root
    for step in path:
        if node is None:
            return None
        if isinstance(step, str):
            node = node.get(step)
        elif 0 <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def pointer(path: Path) -> str:
    """The path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
