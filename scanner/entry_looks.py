"""What looks like an entry, where nobody says that servers are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from unsprawl.rules.bundle import ENTRIES
from unsprawl.scanner.entry_parts import (
    ARGS_KEYS,
    COMMAND_KEYS,
    ENV_KEYS,
    HEADER_KEYS,
    NEVER,
    PART_KEYS,
    START_KEYS,
    URL_KEYS,
    body,
    declared,
    first,
)
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Transport

LEAKS: tuple[KeyPath, ...] = tuple(tuple(wrapper["path"]) for wrapper in ENTRIES["wrappers"] if wrapper.get("leaks"))
"""Where people put entries in files of hosts that look elsewhere: formats get copied from one host to another."""
LEAK_KEYS = frozenset(path[0] for path in LEAKS if len(path) == 1)
_ADDRESSED = frozenset(tuple(wrapper["path"]) for wrapper in ENTRIES["wrappers"] if wrapper.get("addresses"))
_ADDRESS_KEYS = frozenset(ENTRIES["addresses"]["keys"])
_ADDRESS_LABELS = frozenset(ENTRIES["addresses"]["labels"])
_ADDRESS_SEGMENTS = frozenset(ENTRIES["addresses"]["segments"])

Looks: TypeAlias = "Callable[[Node], bool]"
"""Whether an object looks like an entry."""


def nested(node: Node) -> Iterator[tuple[KeyPath, str, Node]]:
    """Entries that stand within another by mistake, as (steps, name, node): a bracket was set too late.

    Only the outermost: what stands within those is theirs.
    """
    for member in node.members:
        if member.key in PART_KEYS or member.key in NEVER or member.value.kind is not Kind.OBJECT:
            continue
        if is_entry(member.value):
            yield (member.key,), member.key, member.value
        elif member.key in LEAK_KEYS:
            for steps, name, inner in nested(member.value):
                yield (member.key, *steps), name, inner


def is_entry(node: Node) -> bool:
    """Whether an object is an entry by itself: it has a program or an address, and not a server that is called so."""
    values = {member.key: member.value for member in node.members if member.key in _STARTS}
    return any(value.kind in _SAID for value in values.values()) if values else False


_SAID = (Kind.STRING, Kind.ARRAY)
_STARTS = frozenset(START_KEYS)


def has_parts(node: Node) -> bool:
    return first(body(node), START_KEYS) is not None


def _is_clearly_entry(node: Node) -> bool:
    """What other programs' files hardly hold: `url` alone is in every second one, `command` too."""
    inner = body(node)
    said = declared(node) is not None or declared(inner) is not None
    if first(inner, COMMAND_KEYS) is not None:
        return said or first(inner, ARGS_KEYS + ENV_KEYS) is not None
    return first(inner, URL_KEYS) is not None and (said or first(inner, HEADER_KEYS) is not None)


def clearly(pattern: KeyPath, listed: bool) -> Looks:
    """What looks like an entry at this key path of a file of which nobody says that it has any. `listed`: the file is
    called after servers and is a list.
    """
    return _is_addressed if pattern in _ADDRESSED or (listed and not pattern) else _is_clearly_entry


def _is_addressed(node: Node) -> bool:
    """Also what has the address of a server and nothing else that tells."""
    if _is_clearly_entry(node):
        return True
    found = first(body(node), URL_KEYS)
    return found is not None and (found[0] in _ADDRESS_KEYS or is_server_address(found[1].text() or ""))


def is_server_address(text: str) -> bool:
    """Whether an address says by a part of itself that a server is there."""
    _, scheme, rest = text.partition("://")
    host, *segments = rest.partition("?")[0].partition("#")[0].lower().split("/")
    labels = host.rpartition("@")[2].partition(":")[0].replace("-", ".").split(".")
    return scheme != "" and not (_ADDRESS_LABELS.isdisjoint(labels) and _ADDRESS_SEGMENTS.isdisjoint(segments))


def is_builtin(node: Node) -> bool:
    """Whether an item says by its type that it is a server, although it starts and calls nothing."""
    return declared(node) is Transport.BUILTIN
