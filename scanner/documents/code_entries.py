"""Server entries that source text writes out: calls that take a server, and objects with the parts of one.

An entry is put together as an object with the names of rules/entries.yaml, so that all the rest takes it for one of a
configuration. Its texts keep their places.
"""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.documents.code_assembly import Assembly
from unsprawl.scanner.documents.code_constants import Constants
from unsprawl.scanner.documents.code_names import canonical, speaks, takes
from unsprawl.scanner.documents.code_tree import BLOCK, last_name
from unsprawl.scanner.entry_looks import LEAK_KEYS, has_parts
from unsprawl.scanner.entry_parts import ARGS_KEYS, COMMAND_KEYS, ENV_KEYS, HEADER_KEYS, NAME_KEYS, URL_KEYS, declared
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.record import NamedTuple

_COMMAND, _ARGS, _ENV, _URL, _HEADERS = (keys[0] for keys in (COMMAND_KEYS, ARGS_KEYS, ENV_KEYS, URL_KEYS, HEADER_KEYS))
_REMOTE = "mcp"
"""What `type` says of a tool that is a server."""


class CodeEntry(NamedTuple):
    """A server as source text writes it: `node` is an object with the parts of an entry."""

    name: str
    node: Node

    def __repr__(self) -> str:
        return "CodeEntry(<hidden>)"


class Entries:
    """The entries of one tree."""

    def __init__(self, constants: Constants) -> None:
        self._constants = constants
        self._assembly = Assembly(constants)

    def of(self, node: Node, name: str) -> Iterator[CodeEntry]:
        """The entries that an object or a call is, itself or by the map or list that it takes."""
        taken = takes(node.form) if node.form else None
        if taken is not None:
            yield from self._called(node, name, taken)
        elif node.kind is Kind.OBJECT and node.form != BLOCK and _may_be(node):
            entry = self._assembly.assembled(node, ())
            if _looks(entry, node):
                yield CodeEntry(name, entry)
        for member in node.members:
            if member.key in LEAK_KEYS:
                yield from self._listed(self._constants.resolved(member.value, 0), sure=member.key != "servers")

    def _called(self, node: Node, name: str, taken: tuple[str, ...]) -> Iterator[CodeEntry]:
        for what, item in zip(taken, node.items, strict=False):
            whole = self._constants.resolved(item, 0)
            if what == "servers":
                yield from self._listed(whole, sure=True)
            for member in whole.members:
                if member.key in LEAK_KEYS:
                    yield from self._listed(self._constants.resolved(member.value, 0), sure=True)
        entry = self._assembly.assembled(node, taken)
        if has_parts(entry) or any(entry.get(part) is not None for part in (_ENV, _HEADERS, _ARGS)):
            yield CodeEntry(name or last_name(node.form), entry)

    def _listed(self, holder: Node, *, sure: bool) -> Iterator[CodeEntry]:
        """The entries of a map or a list."""
        named = [(member.key, member.value) for member in holder.members]
        for name, value in (*named, *(("", item) for item in holder.items)):
            inner = self._constants.resolved(value, 1)
            if inner.kind is Kind.OBJECT and (takes(inner.form) is None or not inner.form):
                entry = self._assembly.assembled(inner, ())
                if has_parts(entry) if sure else _looks(entry, inner):
                    yield CodeEntry(name or _called_so(entry), entry)


def _may_be(node: Node) -> bool:
    return any(canonical(member.key) in (_COMMAND, _URL) for member in node.members)


def _looks(entry: Node, node: Node) -> bool:
    """Whether an object looks like an entry, where no name says that it is one."""
    kind = entry.get("type")
    said = declared(entry) is not None or (kind is not None and kind.text() == _REMOTE)
    if node.form and not speaks(node.form):
        return entry.get(_COMMAND) is not None and entry.get(_ARGS) is not None
    if entry.get(_COMMAND) is not None:
        return said or bool(node.form) or entry.get(_ARGS) is not None or entry.get(_ENV) is not None
    # `{url, method, headers}` is a request.
    request = any(entry.get(key) is not None for key in ("method", "body", "data", "params"))
    return entry.get(_URL) is not None and (said or bool(node.form) or entry.get(_HEADERS) is not None) and not request


def _called_so(entry: Node) -> str:
    return next((text for key in NAME_KEYS if (node := entry.get(key)) is not None and (text := node.text())), "")
