"""What tree-sitter sees in a TOML text, as a flat run of headers and pairs; broken text is cut into smaller parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from unsprawl.scanner.formats.json_strict import MAX_DEPTH
from unsprawl.scanner.formats.node import Kind, Span
from unsprawl.scanner.formats.toml_strings import decode
from unsprawl.scanner.record import NamedTuple

if TYPE_CHECKING:
    import tree_sitter

_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_HEADER_LINE = re.compile(r"^[ \t]*\[\[?[ \t]*[A-Za-z0-9_\"'-][^\n\[\]]*\]\]?[ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)
_PAIR_LINE = re.compile(r"^[ \t]*[A-Za-z0-9_\"'-][A-Za-z0-9_\"'. \t-]*=", re.MULTILINE)
_MAX_PARTS = 2000


class Key(NamedTuple):
    """One part of a dotted key."""

    name: str
    span: Span

    def __repr__(self) -> str:
        return f"Key(<hidden> at {self.span.start})"


class Scalar(NamedTuple):
    """A string, number, boolean or date. OPAQUE: nested too deeply or not understood."""

    kind: Kind
    span: Span
    value: str | int | float | bool | None = None

    def __repr__(self) -> str:  # values may be secrets
        return f"Scalar({self.kind.value} {self.span.start}:{self.span.end})"


@dataclass(slots=True, repr=False)
class Array:
    """A list in brackets."""

    span: Span
    items: list[Scalar | Array | Inline] = field(default_factory=list)


@dataclass(slots=True, repr=False)
class Inline:
    """A table in braces."""

    span: Span
    pairs: list[Pair] = field(default_factory=list)


@dataclass(slots=True, repr=False, eq=False)
class Pair:
    """`key = value`."""

    span: Span
    keys: tuple[Key, ...]
    value: Scalar | Array | Inline


@dataclass(slots=True, repr=False, eq=False)
class Header:
    """`[key]` or `[[key]]`."""

    span: Span
    keys: tuple[Key, ...]
    is_array: bool


def read(text: str) -> tuple[list[Header | Pair], bool]:
    """All headers and pairs in order, and whether tree-sitter understood the whole text."""
    # tree-sitter counts bytes; with one byte for each character its offsets are ours. No character outside of ASCII
    # means anything in TOML but in strings and comments, where "?" is as good; elsewhere both are errors.
    masked = _NON_ASCII.sub("?", text).encode("ascii")
    tree = _parser().parse(masked)
    if not tree.root_node.has_error:
        return list(_Reader(text, 0).document(tree.root_node)), True
    found: list[Header | Pair] = []
    for start, end in _parts(text, 0, len(text), _HEADER_LINE):
        root = _parser().parse(masked[start:end]).root_node
        if not root.has_error:
            found += _Reader(text, start).document(root)
            continue
        # Recovery tends to swallow the next lines: give it one pair at a time.
        for first, last in _parts(text, start, end, _PAIR_LINE):
            found += _Reader(text, first).document(_parser().parse(masked[first:last]).root_node)
    return found, False


def _parts(text: str, start: int, end: int, beginning: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    cuts = [start]
    for match in beginning.finditer(text, start, end):
        if match.start() > start:
            cuts.append(match.start())
        if len(cuts) == _MAX_PARTS:
            break
    return zip(cuts, [*cuts[1:], end], strict=True)


@cache
def _parser() -> tree_sitter.Parser:
    import tree_sitter

    return tree_sitter.Parser(tree_sitter.Language(_grammar()))


def _grammar() -> Any:
    """The grammar out of `tree_sitter_toml`, of which only the part in C is loaded: the package itself imports
    `importlib.resources` for queries that we do not need, a sixth of what reading the first TOML file takes.
    """
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    package = PathFinder.find_spec("tree_sitter_toml")
    inner = package and PathFinder.find_spec("tree_sitter_toml._binding", package.submodule_search_locations)
    if not inner or not inner.loader:  # built in another way
        import tree_sitter_toml

        return tree_sitter_toml.language()
    binding: Any = module_from_spec(inner)
    inner.loader.exec_module(binding)
    return binding.language()


class _Reader:
    """Turns syntax nodes of text[base:] into our records."""

    def __init__(self, text: str, base: int) -> None:
        self._text = text
        self._base = base

    def document(self, root: tree_sitter.Node) -> Iterator[Header | Pair]:
        for node in root.children:
            if node.type == "pair":
                yield from self._pair(node, 0)
            elif node.type in ("table", "table_array_element"):
                children = node.children
                keys = next((self._keys(c) for c in children if c.type.endswith("_key")), ())
                closing = next((c for c in children if c.type in ("]", "]]")), None)
                if keys:
                    end = node.end_byte if closing is None else closing.end_byte
                    span = Span(self._base + node.start_byte, self._base + end)
                    yield Header(span, keys, node.type == "table_array_element")
                for child in children:
                    if child.type == "pair":
                        yield from self._pair(child, 0)

    def _span(self, node: tree_sitter.Node) -> Span:
        return Span(self._base + node.start_byte, self._base + node.end_byte)

    def _pair(self, node: tree_sitter.Node, depth: int) -> Iterator[Pair]:
        parts = [child for child in node.children if child.type not in ("comment", "ERROR")]
        if len(parts) == 3 and parts[0].type.endswith("_key"):
            # The node itself may reach over a carriage return.
            span = Span(self._base + node.start_byte, self._base + parts[2].end_byte)
            yield Pair(span, self._keys(parts[0]), self._value(parts[2], depth))

    def _keys(self, node: tree_sitter.Node) -> tuple[Key, ...]:
        keys: list[Key] = []
        while node.type == "dotted_key":  # nested to the left
            keys += [self._key(child) for child in reversed(node.children[1:]) if child.type.endswith("_key")]
            node = node.children[0]
        keys.append(self._key(node))
        return tuple(reversed(keys))

    def _key(self, node: tree_sitter.Node) -> Key:
        span = self._span(node)
        name = decode(self._text, *span) if node.type == "quoted_key" else self._text[span.start : span.end]
        return Key(name, span)

    def _value(self, node: tree_sitter.Node, depth: int) -> Scalar | Array | Inline:
        span = self._span(node)
        if depth >= MAX_DEPTH:
            return Scalar(Kind.OPAQUE, span)
        if node.type == "array":
            skip = ("[", "]", ",", "comment", "ERROR")
            return Array(span, [self._value(child, depth + 1) for child in node.children if child.type not in skip])
        if node.type == "inline_table":
            pairs = [pair for child in node.children if child.type == "pair" for pair in self._pair(child, depth + 1)]
            return Inline(span, pairs)
        return _scalar(node.type, self._text, span)


def _scalar(kind: str, text: str, span: Span) -> Scalar:
    written = text[span.start : span.end]
    try:
        match kind:
            case "string":
                return Scalar(Kind.STRING, span, decode(text, *span))
            case "integer":
                return Scalar(Kind.NUMBER, span, int(written, 0 if written[:2] in ("0x", "0o", "0b") else 10))
            case "float":
                return Scalar(Kind.NUMBER, span, float(written))
            case "boolean":
                return Scalar(Kind.LITERAL, span, written == "true")
            case "offset_date_time" | "local_date_time" | "local_date" | "local_time":
                return Scalar(Kind.LITERAL, span, written)
    except ValueError:
        pass  # more digits than Python takes
    return Scalar(Kind.OPAQUE, span)
