"""What objects of a configuration say of the values in them: the names of variables, what is about a server."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.rules.bundle import STRUCTURES
from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.formats.node import Path as KeyPath

ENVIRONMENTS = frozenset(STRUCTURES["environments"])
"""The keys of variables."""
_NAMES: tuple[str, ...] = tuple(STRUCTURES["names"])
_VALUES: tuple[str, ...] = tuple(STRUCTURES["values"])
_LONGEST_NAME = 2000
_MOST_STRINGS = 60
"""So many strings of a unit are looked at for a word that says that it is about a server."""


def named(document: Document, path: KeyPath) -> str:
    """What the object around a value calls it, or the key above it: `api_key: {default: …}`."""
    if not path or path[-1] not in _VALUES:
        return ""
    around = document.at(path[:-1])
    called = _called(around) if around is not None else ""
    return called or (str(path[-2]) if len(path) > 1 else "")


def _called(node: Node) -> str:
    """The name that an object gives itself."""
    return next((text for key in _NAMES if (name := node.get(key)) is not None and (text := name.text())), "")


def is_about_server(node: Node, around: Node | None) -> bool:
    """Whether an object, or the one that it is a part of, says that it is about a server."""
    beside = [text for member in around.members if (text := member.value.text())] if around is not None else []
    return any(speaks(text[:_LONGEST_NAME]) for text in (*_shallow(node), *beside))


def _shallow(node: Node) -> list[str]:
    """The strings near the top of an object: names, images, commands."""
    found: list[str] = []
    level = [node]
    for _ in range(3):
        following: list[Node] = []
        for each in level:
            text = each.text()
            if text is not None:
                found.append(text)
            following += (member.value for member in each.members if member.key not in ENVIRONMENTS)
            following += each.items
        level = following[: _MOST_STRINGS - len(found)] if len(found) < _MOST_STRINGS else []
    return found


def variables(node: Node, path: KeyPath) -> Iterator[tuple[str, Node, KeyPath]]:
    """(name, value, path) of variables; the name is "" where it stands in the text of the value."""
    for member in node.members:
        if member.value.kind is Kind.STRING:
            yield member.key, member.value, (*path, member.key)
        for key in _VALUES:
            value = member.value.get(key)
            if value is not None and value.kind is Kind.STRING:
                yield member.key, value, (*path, member.key, key)
    for number, item in enumerate(node.items):
        called = _called(item)
        for key in _VALUES if called else ():
            value = item.get(key)
            if value is not None and value.kind is Kind.STRING:
                yield called, value, (*path, number, key)
        if item.kind is Kind.STRING:
            yield "", item, (*path, number)
