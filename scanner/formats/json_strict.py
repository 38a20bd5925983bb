"""Fast scanner for strict JSON: keys are walked, values nobody asked for are left to the standard library's C code."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from json import JSONDecoder, decoder
from typing import Any, TypeAlias, cast

from unsprawl.scanner.formats.node import Kind, Member, Node, Path, Span

MAX_DEPTH = 200
"""Deeper nesting is refused: no host writes it, and recursion must stay bounded."""

BARE = "bare"
"""Form of a string that was written without quotes where JSON5 wants them; here, so that who asks loads no more."""

Wish: TypeAlias = "tuple[Path, ...] | None"
"""What is wanted below a value: the rests of key paths; None means everything."""

# Not in the type stubs, but what `json` itself is made of.
scanstring = cast("Callable[[str, int, bool], tuple[str, int]]", cast(Any, decoder).scanstring)

_BLANKS = " \t\n\r"
_SPACE = re.compile(r"[ \t\n\r]*").match
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?").match
_LITERALS: dict[str, tuple[str, bool | None]] = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}


class NotStrict(Exception):
    """The text is not strict JSON. Carries nothing: parser errors of the standard library hold the whole document."""


def _refuse_constant(_: str) -> object:
    raise NotStrict


# str instead of int and float: cheaper, and no limit on digits. Of an object only a bool stays: a history of 100 MB
# would come to life as hundreds of megabytes of dictionaries otherwise.
_skipper = JSONDecoder(parse_constant=_refuse_constant, parse_int=str, parse_float=str, object_pairs_hook=bool)
_skip = cast("Callable[[str, int], tuple[object, int]]", cast(Any, _skipper).scan_once)


def skip_value(text: str, start: int) -> int:
    """The end of the strict JSON value at `start`; raises NotStrict where there is none, RecursionError when deep."""
    try:
        return _skip(text, start)[1]
    except (ValueError, StopIteration):
        pass
    raise NotStrict


def begin_wish(wanted: Sequence[Path] | None) -> Wish:
    """The wish that holds for the root."""
    return None if wanted is None or () in wanted else tuple(wanted)


def narrow(wish: Wish, step: str | int) -> Wish:
    """The wish that holds for the value behind a key or list position; () means: not wanted."""
    if wish is None:
        return None
    rests = tuple(path[1:] for path in wish if path[0] == "*" or path[0] == step)
    return None if () in rests else rests


def scan(text: str, wanted: Sequence[Path] | None = None) -> Node:
    """The tree of a strict JSON text. Raises NotStrict for any other text, and for one nested too deeply."""
    wish = begin_wish(wanted)
    try:
        node = _value(text, _space(text, 0), wish, 0)
    except (ValueError, IndexError, RecursionError):
        node = None  # leave the handler first: the error holds the document
    if node is None or _space(text, node.span.end) != len(text):
        raise NotStrict
    return node


def _space(text: str, start: int) -> int:
    match = _SPACE(text, start)
    return match.end() if match else start


def _value(text: str, start: int, wish: Wish, depth: int) -> Node:
    if wish == ():
        return Node(Kind.OPAQUE, Span(start, skip_value(text, start)))
    first = text[start]
    if first == '"':
        string, end = scanstring(text, start + 1, True)
        return Node(Kind.STRING, Span(start, end), string)
    if first in "{[":
        if depth >= MAX_DEPTH:
            raise NotStrict
        return (_object if first == "{" else _array)(text, start, wish, depth + 1)
    if first in _LITERALS:
        word, value = _LITERALS[first]
        if text.startswith(word, start):
            return Node(Kind.LITERAL, Span(start, start + len(word)), value)
        raise NotStrict
    match = _NUMBER(text, start)
    if match is None:
        raise NotStrict
    return Node(Kind.NUMBER, Span(start, match.end()), number(match[0], whole=match[2] is None and match[3] is None))


def number(written: str, whole: bool) -> int | float:
    """The value of a written decimal number; integers beyond Python's digit limit become floats."""
    if whole:
        try:
            return int(written)
        except ValueError:
            pass
    return float(written)


def _object(text: str, start: int, wish: Wish, depth: int) -> Node:
    members: list[Member] = []
    at = _space(text, start + 1)
    if text[at] == "}":
        return Node(Kind.OBJECT, Span(start, at + 1))
    while True:
        if text[at] != '"':
            raise NotStrict
        key, end = scanstring(text, at + 1, True)
        key_span = Span(at, end)
        at = end if text[end] == ":" else _space(text, end)
        if text[at] != ":":
            raise NotStrict
        at += 1
        if text[at] in _BLANKS:
            at = _space(text, at)
        node = _value(text, at, None if wish is None else narrow(wish, key), depth)
        members.append(Member(key, key_span, node))
        at = node.span.end
        if text[at] in _BLANKS:
            at = _space(text, at)
        if text[at] == "}":
            return Node(Kind.OBJECT, Span(start, at + 1), members=tuple(members))
        if text[at] != ",":
            raise NotStrict
        at = _space(text, at + 1)


def _array(text: str, start: int, wish: Wish, depth: int) -> Node:
    items: list[Node] = []
    at = _space(text, start + 1)
    if text[at] == "]":
        return Node(Kind.ARRAY, Span(start, at + 1))
    while True:
        node = _value(text, at, None if wish is None else narrow(wish, len(items)), depth)
        items.append(node)
        at = node.span.end
        if text[at] in _BLANKS:
            at = _space(text, at)
        if text[at] == "]":
            return Node(Kind.ARRAY, Span(start, at + 1), items=tuple(items))
        if text[at] != ",":
            raise NotStrict
        at = _space(text, at + 1)
