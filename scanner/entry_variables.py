"""The variables that an entry sets for its server, wherever its host has them."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.embedded import own_name
from unsprawl.scanner.entry_parts import COMMAND_KEYS, ENV_KEYS, body, first
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.packages import is_assignment, is_line, words_of


def entry_variables(node: Node) -> dict[str, str]:
    """The variables that the entry sets, as written, wherever its host has them. As secret as the entry."""
    holder = body(node)
    command = first(holder, COMMAND_KEYS)
    line = holder if holder.text() is not None else command[1] if command is not None else None
    text = line.text() if line is not None else None
    known = {}
    for word in words_of(text) if text is not None and (line is holder or is_line(text)) else ():
        if not is_assignment(word):
            break
        name, _, value = word.partition("=")
        known[name] = value
    for place in (node, holder, *((command[1],) if command is not None else ())):
        env = first(place, ENV_KEYS)
        known |= dict(_set_by(env[1])) if env else {}
    return known


def _set_by(env: Node) -> Iterator[tuple[str, str]]:
    """Name and value of each variable: of a map, of a list of `NAME=value`, of a list of {name, value}."""
    for member in env.members:
        if (text := member.value.text()) is not None:
            yield member.key, text
    for item in env.items:
        name, equals, value = (item.text() or "").partition("=")
        if equals:
            yield name, value
        elif own_name(item):
            called = next(member.value.text() for member in item.members if member.key.lower() == "value")
            yield own_name(item), called or ""
