"""What a host keeps beside its server entries and may hold credentials: VS Code's inputs, keys of model providers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from unsprawl.rules.bundle import HOSTS
from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import SlotKind
from unsprawl.scanner.servers import everywhere
from unsprawl.scanner.slots import SlotGroup, input_slots, string_slots

INPUTS: tuple[KeyPath, ...] = (
    ("inputs",),
    ("mcp", "inputs"),
    ("settings", "mcp", "inputs"),
    ("customizations", "vscode", "mcp", "inputs"),
)
"""Where VS Code keeps `inputs`: beside `servers`. People carry them into the files of other hosts."""
_BESIDE: dict[str, tuple[tuple[KeyPath, str], ...]] = HOSTS["beside"]
"""By host: key paths of its own credentials, each with the kind of slot, or that it is a command line."""
_COMMAND = "command"


def paths_beside(file: ConfigFile) -> list[KeyPath]:
    """The key paths of a file beside those of its entries that are wanted of it."""
    return [*INPUTS, *(path for path, _ in _own(file.hosts))]


def groups_beside(document: Document, file: ConfigFile) -> Iterator[SlotGroup]:
    """The values that stand there."""
    own = [(pattern, SlotKind(kind)) for pattern, kind in _own(file.hosts) if kind != _COMMAND]
    for prefix, root in document.roots:
        for pattern in INPUTS:
            for path, node in everywhere(root, pattern):
                yield from input_slots(node, (*prefix, *path))
        for pattern, kind in own:
            for path, node in everywhere(root, pattern):
                yield from string_slots(node, (*prefix, *path), kind)


def commands_beside(document: Document, file: ConfigFile) -> list[tuple[KeyPath, Node]]:
    """The command lines that stand there: `documents.settings` takes them apart."""
    patterns = [path for path, kind in _own(file.hosts) if kind == _COMMAND]
    return [
        ((*prefix, *path), node)
        for prefix, root in document.roots
        for pattern in patterns
        for path, node in everywhere(root, pattern)
        if node.text()
    ]


@lru_cache(maxsize=256)
def _own(hosts: tuple[str, ...]) -> dict[tuple[KeyPath, str], None]:
    """Each once, although many hosts may read the file."""
    return dict.fromkeys(place for host in hosts for place in _BESIDE.get(host, ()))
