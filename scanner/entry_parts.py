"""The names of an entry's parts, as hosts and people write them, and what stands under them."""

from __future__ import annotations

from unsprawl.rules.bundle import ENTRIES
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.model import Transport

_PARTS: dict[str, list[str]] = ENTRIES["parts"]
COMMAND_KEYS = tuple(_PARTS["command"])
ARGS_KEYS = tuple(_PARTS["args"])
ENV_KEYS = tuple(_PARTS["env"])
ENV_NAME_KEYS = tuple(_PARTS["env_names"])
URL_KEYS = tuple(_PARTS["url"])
START_KEYS = COMMAND_KEYS + URL_KEYS
"""What an entry starts or calls."""
HEADER_KEYS = tuple(_PARTS["headers"])
HOLDER_KEYS = tuple(_PARTS["holders"])
"""The names hosts use for one thing. A secret under a key that this host ignores is in the file all the same."""
ENV_FILE_KEYS = tuple(_PARTS["env_files"])
TYPE_KEYS = tuple(_PARTS["type"])
NAME_KEYS = tuple(ENTRIES["names"])
PART_KEYS = frozenset(key for keys in _PARTS.values() for key in keys)
NEVER = frozenset(ENTRIES["never"])
"""Keys under which no server is."""
_TRANSPORTS = {word: Transport(kind) for kind, words in ENTRIES["transports"].items() for word in words}


def first(node: Node, keys: tuple[str, ...]) -> tuple[str, Node] | None:
    """The first of `keys` that the object has, with its value."""
    if node.members:
        values = {member.key: member.value for member in node.members}  # of a key that is written twice, the last one
        for key in keys:
            if key in values:
                return key, values[key]
    return None


def body_at(node: Node) -> tuple[tuple[str, ...], Node]:
    """The object that holds command or url, and the keys that lead to it: the entry itself, or a part of it (Cline and
    grok have `transport`)."""
    if first(node, START_KEYS) is None:
        for key in HOLDER_KEYS:
            inner = node.get(key)
            if inner is not None and first(inner, START_KEYS) is not None:
                return (key,), inner
    return (), node


def body(node: Node) -> Node:
    """The object that holds command or url."""
    return body_at(node)[1]


def declared(node: Node) -> Transport | None:
    """What the entry says itself."""
    for key in TYPE_KEYS:
        said = node.get(key)
        if said is not None:
            kind = _TRANSPORTS.get((said.text() or "").lower().replace("_", "-"))
            if kind is not None:
                return kind
    return None
