"""Entries to slots: every value of an entry that can hold a credential, whole and in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import NamedTuple

from unsprawl.scanner import parts
from unsprawl.scanner.arguments import ENV_FLAGS, ENV_LINE, HEADER_FLAGS, HEADER_LINE, assignment_of, flag_of, is_value
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Context, Entry, Slot, SlotKind
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.servers import (
    ARGS_KEYS,
    COMMAND_KEYS,
    ENV_KEYS,
    ENV_NAME_KEYS,
    HEADER_KEYS,
    HOLDER_KEYS,
    HOST_OWNED,
    HOST_TOKENS,
    URL_KEYS,
    ServerNode,
    first,
    nested,
)


class SlotGroup(NamedTuple):
    """One value. `whole` is judged first; `pieces` are what is left where the whole is no credential itself."""

    node: Node
    """The string itself: a path alone is not enough where a key is written twice."""
    whole: Slot
    pieces: tuple[Slot, ...] = ()


_ROLE_KINDS = {
    "password": SlotKind.URL_USERINFO,
    "user": SlotKind.URL_USERINFO,
    "query": SlotKind.URL_QUERY,
    "segment": SlotKind.URL_PATH,
}


def slots(server: ServerNode) -> Iterator[SlotGroup]:
    """All slots of one entry, in file order within each kind."""
    entry, node = server
    if node.text() is not None:  # an entry that is a plain string
        if entry.url:
            yield from _url(node, entry.key_path, entry)
        else:
            yield from other_slots(node, entry.key_path, entry.name, entry.package)
        return
    left_out = {(*entry.key_path, *steps) for steps, _, _ in nested(node)}
    if HOST_TOKENS in entry.marks:
        left_out |= {(*entry.key_path, *steps) for steps in HOST_OWNED}
    above = {path[:length] for path in left_out for length in range(len(entry.key_path) + 1, len(path))}
    yield from _members(node, entry.key_path, entry, left_out, above)


def _members(
    node: Node, base: KeyPath, entry: Entry, left_out: Set[KeyPath], above: Set[KeyPath]
) -> Iterator[SlotGroup]:
    """`above` are the paths on the way to what is left out."""
    host = parts.host_of(entry.url)
    for member in node.members:
        path = (*base, member.key)
        value = member.value
        if path in left_out:
            continue
        if member.key in ENV_KEYS and value.kind is Kind.OBJECT:
            for variable in value.members:
                yield from _value(variable.value, (*path, variable.key), _context(entry, SlotKind.ENV, variable.key))
        elif member.key in HEADER_KEYS and value.kind is Kind.OBJECT:
            for header in value.members:
                context = _context(entry, SlotKind.HEADER, header.key, host)
                yield from _value(header.value, (*path, header.key), context)
        elif member.key in ENV_KEYS + ENV_NAME_KEYS and value.kind is Kind.ARRAY:
            yield from _pairs(value, path, _context(entry, SlotKind.ENV, ""), ENV_LINE)
        elif member.key in HEADER_KEYS and value.kind is Kind.ARRAY:
            yield from _pairs(value, path, _context(entry, SlotKind.HEADER, "", host), HEADER_LINE)
        elif member.key in URL_KEYS and value.kind is Kind.STRING:
            yield from _url(value, path, entry)
        elif member.key in ARGS_KEYS + COMMAND_KEYS and value.kind is Kind.ARRAY:
            yield from _arguments(value, path, entry)
        elif value.kind is Kind.OBJECT and (member.key in HOLDER_KEYS or path in above):
            yield from _members(value, path, entry, left_out, above)
        else:
            yield from other_slots(value, path, member.key, entry.package)


def _pairs(node: Node, path: KeyPath, context: Context, line: re.Pattern[str]) -> Iterator[SlotGroup]:
    """A list in place of a map: of `NAME=value` and `Name: value`, or of objects with a name and a value."""
    for index, item in enumerate(node.items):
        here, text = (*path, index), item.text()
        named, value = first(item, ("name", "key")), item.get("value")
        if named is not None and value is not None and (name := named[1].text()):
            yield from _value(value, (*here, "value"), context._replace(name=name))
        elif text is not None and (match := line.fullmatch(text)) is not None:
            named_context = context._replace(name=match[1])
            yield _group(named_context, here, item, text, match.start(2), match.end(2))
        elif text is None or context.kind is not SlotKind.ENV:  # a bare word in `env` names a variable to pass on
            yield from other_slots(item, here, str(path[-1]), context.package)


def other_slots(node: Node, path: KeyPath, name: str, package: str = "") -> Iterator[SlotGroup]:
    """Every string below a node that has no meaning of its own to us, named by its nearest key."""
    if node.kind is Kind.STRING:
        yield from _value(node, path, Context(SlotKind.OTHER, name, package=package))
    for member in node.members:
        yield from other_slots(member.value, (*path, member.key), member.key, package)
    for index, item in enumerate(node.items):
        yield from other_slots(item, (*path, index), name, package)


def variable_slots(node: Node, entry: Entry) -> Iterator[SlotGroup]:
    """The variables of an environment file that the entry names. A line of it that is none has no name."""
    for member in node.members:
        if member.key:
            yield from _value(member.value, (member.key,), _context(entry, SlotKind.FILE, member.key))
        else:
            yield from other_slots(member.value, (member.key,), "")


def input_slots(node: Node, path: KeyPath) -> Iterator[SlotGroup]:
    """The values of VS Code's `inputs`: a default is named by the input's id, which says what it is."""
    for index, item in enumerate(node.items):
        own = item.get("id")
        name = (own.text() if own is not None else None) or "inputs"
        if item.kind is not Kind.OBJECT:
            yield from other_slots(item, (*path, index), "inputs")
        for member in item.members:
            called = name if member.key == "default" else member.key
            yield from other_slots(member.value, (*path, index, member.key), called)


def _context(entry: Entry, kind: SlotKind, name: str, host: str = "") -> Context:
    return Context(kind, name, package=entry.package, host=host)


def _slot(context: Context, path: KeyPath, text: str, start: int, end: int, role: str = "") -> Slot:
    if role:
        context = Context(context.kind, context.name, role, context.package, context.host)
    return Slot(context, path, start, end, Secret(text[start:end]))


def _value(node: Node, path: KeyPath, context: Context) -> Iterator[SlotGroup]:
    text = node.text()
    if text is None and node.kind is Kind.NUMBER and context.kind in (SlotKind.ENV, SlotKind.HEADER):
        return  # a bare number is a setting; PINs are written as strings
    if text:
        yield _group(context, path, node, text, 0, len(text))
    elif node.kind in (Kind.OBJECT, Kind.ARRAY):
        yield from other_slots(node, path, context.name, context.package)


def _group(context: Context, path: KeyPath, node: Node, text: str, start: int, end: int) -> SlotGroup:
    """The slots of text[start:end]."""
    value = text[start:end]
    whole = _slot(context, path, text, start, end)
    credential = parts.credential_of(value)
    if credential is not None:
        piece = _slot(context, path, text, start + credential.start, start + credential.end, credential.role)
        return SlotGroup(node, whole, (piece,))
    host = parts.host_of(value)
    pieces = []
    for part in parts.uri_parts(value):
        # A URL inside an env value or an argument stays an env or arg slot: that is where it must be rewritten.
        name = part.name if part.role == "query" else context.name
        inner = Context(context.kind, name, part.role, context.package, host)
        pieces.append(Slot(inner, path, start + part.start, start + part.end, Secret(value[part.start : part.end])))
    return SlotGroup(node, whole, tuple(pieces))


def _url(node: Node, path: KeyPath, entry: Entry) -> Iterator[SlotGroup]:
    text = node.text()
    if not text:
        return
    group = _group(_context(entry, SlotKind.URL_PATH, "", parts.host_of(text)), path, node, text, 0, len(text))
    pieces = []
    for piece in group.pieces:
        inner = piece.context
        kind = _ROLE_KINDS.get(inner.role, SlotKind.OTHER)
        name = inner.name if inner.role == "query" else ""
        context = Context(kind, name, inner.role, inner.package, inner.host)
        pieces.append(Slot(context, piece.key_path, piece.start, piece.end, piece.text))
    yield SlotGroup(node, group.whole, tuple(pieces))


def _arguments(node: Node, path: KeyPath, entry: Entry) -> Iterator[SlotGroup]:
    """Arguments in pairs: `--flag value`, `--flag=value`, `-e NAME=value`, `--header "Name: value"`, bare values."""
    waiting = ""
    for index, item in enumerate(node.items):
        text, here = item.text(), (*path, index)
        if text is None:
            yield from other_slots(item, here, waiting, entry.package)
            waiting = ""
            continue
        flag = None if waiting and is_value(waiting, text) else flag_of(text)
        if flag is not None:
            name, start = flag
            waiting = "" if start else name
            if start and text[start:]:
                yield from _argument(name, text, start, item, here, entry)
            continue
        if text:
            yield from _argument(waiting, text, 0, item, here, entry)
        waiting = ""


def _argument(flag: str, text: str, start: int, node: Node, path: KeyPath, entry: Entry) -> Iterator[SlotGroup]:
    value = text[start:]
    if flag in HEADER_FLAGS:
        header = HEADER_LINE.fullmatch(value)
        if header is not None:
            host = next((parts.host_of(word) for word in entry.command if parts.host_of(word)), "")
            context = Context(SlotKind.ARG, header.group(1), "header", entry.package, host)
            yield _group(context, path, node, text, start + header.start(2), start + header.end(2))
            return
    name = flag.removeprefix("--env.").lstrip("-/")
    assignment = assignment_of(flag, value)
    if assignment is not None:
        if assignment.group(2):
            context = _context(entry, SlotKind.ARG, assignment.group(1))
            yield _group(context, path, node, text, start + assignment.start(2), len(text))
    elif flag not in ENV_FLAGS:  # `-e NAME` passes a variable through: a name, not a value
        yield _group(_context(entry, SlotKind.ARG, name), path, node, text, start, len(text))
