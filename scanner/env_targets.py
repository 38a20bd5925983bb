"""Entries to the environment files that they name, by a key of their own or by an argument."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.arguments import ENV_FILE_FLAGS
from unsprawl.scanner.entry_parts import ARGS_KEYS, COMMAND_KEYS, ENV_FILE_KEYS, HOLDER_KEYS, body
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import EnvTarget
from unsprawl.scanner.packages import CONTAINERS
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.servers import ServerNode


def env_targets(server: ServerNode) -> Iterator[EnvTarget]:
    """Every environment file that the entry names, as written."""
    entry = server.entry
    folder = body(server.node).get("cwd")
    cwd = (folder.text() if folder is not None else None) or ""
    for path, written in _named(server.node, entry.key_path, server):
        if written.strip() and "\0" not in written:
            yield EnvTarget(entry, path, written.strip(), cwd)


def _named(node: Node, base: KeyPath, server: ServerNode) -> Iterator[tuple[KeyPath, str]]:
    for member in node.members:
        path, value = (*base, member.key), member.value
        if member.key in ENV_FILE_KEYS:
            for below, item in [(path, value), *(((*path, index), item) for index, item in enumerate(value.items))]:
                text = item.text()
                if text is not None:
                    yield below, text
        elif member.key in ARGS_KEYS + COMMAND_KEYS and value.kind is Kind.ARRAY:
            yield from _in_arguments(value, path, server.entry.command, server.entry.package)
        elif member.key in HOLDER_KEYS and value.kind is Kind.OBJECT:
            yield from _named(value, path, server)


def _in_arguments(node: Node, path: KeyPath, command: tuple[str, ...], package: str) -> Iterator[tuple[KeyPath, str]]:
    waiting = False
    container = bool(command) and base_name(command[0]) in CONTAINERS
    for index, item in enumerate(node.items):
        text = item.text() or ""
        if waiting:
            yield (*path, index), text
            waiting = False
            continue
        if container and text == package:
            return  # what follows the image is for the server in the container
        flag, equals, value = text.partition("=")
        if flag in ENV_FILE_FLAGS:
            waiting = not equals
            if value:
                yield (*path, index), value
