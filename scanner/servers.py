"""Document to entries: which of its objects configure a server, and what each one starts or calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Node, Span
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Entry, Transport
from unsprawl.scanner.packages import package_of

COMMAND_KEYS = ("command", "cmd")
ARGS_KEYS = ("args",)
ENV_KEYS = ("env", "environment", "envs")
URL_KEYS = ("url", "httpUrl", "serverUrl", "uri", "baseUrl")
HEADER_KEYS = ("headers", "http_headers")
ENV_FILE_KEYS = ("envFile", "env_file", "envfile")
"""The names hosts use for one thing. A secret under a key that this host ignores is in the file all the same."""


class ServerNode(NamedTuple):
    """An entry together with the object it was read from."""

    entry: Entry
    node: Node


def first(node: Node, keys: tuple[str, ...]) -> tuple[str, Node] | None:
    """The first of `keys` that the object has, with its value."""
    for key in keys:
        found = node.get(key)
        if found is not None:
            return key, found
    return None


def entries(document: Document, file: ConfigFile) -> Iterator[ServerNode]:
    """Every entry of the document, once, with all hosts that read it there."""
    # By place too: of a key that is written twice, the one that hosts overlook holds secrets as well.
    found: dict[tuple[KeyPath, Span], tuple[str, Node, list[Reading]]] = {}
    for reading in file.readings:
        for pattern in reading.servers:
            for prefix, root in document.roots:
                for key_path, holder in everywhere(root, pattern):
                    for step, name, node in _members(holder, flat=not pattern):
                        place = (*prefix, *key_path, step), node.span
                        found.setdefault(place, (name, node, []))[2].append(reading)
    for (key_path, _), (name, node, readers) in found.items():
        yield ServerNode(_entry(document, key_path, name, node, readers), node)


def everywhere(root: Node, pattern: KeyPath) -> Iterator[tuple[KeyPath, Node]]:
    """All nodes at a key path in which "*" stands for any key, with every copy of a key that is written twice."""
    if not pattern:
        yield (), root
        return
    for member in root.members:
        if pattern[0] in ("*", member.key):
            for tail, hit in everywhere(member.value, pattern[1:]):
                yield (member.key, *tail), hit


def _members(holder: Node, *, flat: bool) -> Iterator[tuple[str | int, str, Node]]:
    if holder.kind is Kind.OBJECT:
        for member in holder.members:
            # Some files have no wrapper at all: then only what looks like an entry is one.
            if member.value.kind is Kind.OBJECT and (not flat or _looks_like_entry(member.value)):
                yield member.key, member.key, member.value
    elif holder.kind is Kind.ARRAY:
        for index, item in enumerate(holder.items):
            if item.kind is Kind.OBJECT and _looks_like_entry(item):
                name = item.get("name")
                yield index, (name.text() if name else None) or str(index), item


def _looks_like_entry(node: Node) -> bool:
    return first(body(node), COMMAND_KEYS + URL_KEYS) is not None


def body(node: Node) -> Node:
    """The object that holds command or url: the entry itself, or its `transport` (Cline and grok write it so)."""
    inner = node.get("transport")
    nested = inner is not None and inner.kind is Kind.OBJECT and first(node, COMMAND_KEYS + URL_KEYS) is None
    return inner if nested and inner is not None else node


def _entry(document: Document, key_path: KeyPath, name: str, node: Node, readers: list[Reading]) -> Entry:
    inner = body(node)
    command = command_line(inner)
    url = next((text for key in URL_KEYS if (value := inner.get(key)) is not None and (text := value.text())), "")
    marks: tuple[str, ...] = ()
    disabled, enabled = node.get("disabled"), node.get("enabled")
    if (disabled is not None and disabled.value is True) or (enabled is not None and enabled.value is False):
        marks = ("disabled",)
    line, _ = document.lines.position(node.span.start)
    return Entry(
        path=document.path,
        key_path=key_path,
        name=name,
        hosts=tuple(dict.fromkeys(reading.host for reading in readers if reading.host)),
        line=line,
        transport=_transport(inner, command, url),
        command=command,
        url=url,
        package=package_of(command),
        marks=marks,
    )


def word_of(path: KeyPath) -> int:
    """Which word of the command line the argument at `path` is; 0, the program, for what is no argument."""
    index = path[-1]
    if not isinstance(index, int):
        return 0
    return index + (1 if path[-2] in ARGS_KEYS else 0)


def command_line(node: Node) -> tuple[str, ...]:
    """Program and arguments of an entry, whether `command` is a string or the whole array; () when it has none."""
    found = first(node, COMMAND_KEYS)
    if found is None:
        return ()
    command = found[1]
    if command.kind is Kind.ARRAY:
        return tuple(_word(item) for item in command.items)
    if command.kind is Kind.OBJECT:  # older Zed: command: {path, args}
        node, command = command, command.get("path") or command
    program = command.text()
    if not program:
        return ()
    args = first(node, ARGS_KEYS)
    return (program, *(_word(item) for item in args[1].items)) if args else (program,)


def _word(item: Node) -> str:
    """One argument; a bare number is passed on as its text."""
    text = item.text()
    if text is not None:
        return text
    return str(item.value) if item.kind is Kind.NUMBER else ""


def _transport(node: Node, command: tuple[str, ...], url: str) -> Transport:
    declared = node.get("type") or node.get("transport")
    kind = ((declared.text() if declared else None) or "").lower().replace("_", "-")
    if kind == "sse":
        return Transport.SSE
    if kind in ("builtin", "platform"):
        return Transport.BUILTIN
    # Some writers put an empty url into stdio entries: an empty url is not a remote.
    if url and not command:
        return Transport.HTTP
    if command:
        return Transport.STDIO
    return Transport.UNKNOWN
