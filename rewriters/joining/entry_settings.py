"""Settings of a shared entry beside what it starts or calls, by which a key or a login may go elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator

from unsprawl.rewriters.joining.model import Wanted
from unsprawl.scanner.entry_parts import (
    ARGS_KEYS,
    COMMAND_KEYS,
    ENV_KEYS,
    HOLDER_KEYS,
    START_KEYS,
    URL_KEYS,
    body,
)
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.parts import LOOPBACK, host_of, scheme_of
from unsprawl.scanner.sources.kept_from_git import tracked_by_git

_LOOKED_AT_ALREADY = frozenset((*COMMAND_KEYS, *ARGS_KEYS, *ENV_KEYS, *URL_KEYS))
_FOR_PEOPLE = frozenset({"description", "documentation", "gallery", "homepage", "icon", "icons", "$schema"})
_WEB = ("http", "https", "ws", "wss")
_FOLDERS = ("${workspaceFolder}", "${workspaceRoot}", "${CLAUDE_PROJECT_DIR}", "${PWD}")
_DEEPEST = 20


def said_twice(wanted: Wanted) -> tuple[str, ...]:
    """The keys by which it says what is started or called, where there is more than one: hosts differ in which they
    take.
    """
    node = wanted.found.server.node
    holders = [node, *(inner for key in HOLDER_KEYS if (inner := node.get(key)) is not None)]
    told = [key for holder in holders for key in START_KEYS if holder.get(key) is not None]
    return tuple(told) if len(told) > 1 else ()


def header_programs(wanted: Wanted) -> Iterator[str]:
    """Command lines that its hosts run to be told headers."""
    holder = body(wanted.found.server.node)
    keys = (each.remote.helper.key for each in wanted.owners if each.remote is not None and each.remote.helper)
    for key in dict.fromkeys(keys):
        found = holder.get(key)
        if found is not None and (text := found.text()):
            yield text


def addresses_beside(wanted: Wanted) -> Iterator[tuple[str, str]]:
    """(setting, address) where the address is neither on the host that the entry calls nor of the same service."""
    own = host_of(wanted.found.entry.url)
    for name, text in _texts(wanted.found.server.node, ""):
        host = host_of(text)
        if scheme_of(text) not in _WEB or host in (own, *LOOPBACK):
            continue
        if wanted.service is None or not wanted.service.owns(host):
            yield name, text


def _texts(node: Node, name: str, depth: int = _DEEPEST) -> Iterator[tuple[str, str]]:
    text = node.text()
    if text is not None and name:
        yield name, text
    for member in node.members if depth else ():
        if member.key not in _LOOKED_AT_ALREADY and member.key not in _FOR_PEOPLE:
            yield from _texts(member.value, f"{name}.{member.key}" if name else member.key, depth - 1)
    for item in node.items if depth else ():
        yield from _texts(item, name, depth - 1)


def shared_env_files(wanted: Wanted) -> Iterator[str]:
    """Files of variables that it names and that everybody gets with the repository."""
    for target in wanted.found.env_files:
        written = target.written
        for folder in _FOLDERS:
            written = written.replace(folder, wanted.project)
        for base in dict.fromkeys((wanted.folder, wanted.project, os.path.dirname(wanted.found.entry.path))):
            path = os.path.normpath(os.path.join(base, written))
            if os.path.lexists(path) and tracked_by_git(path):
                yield target.written
                break
