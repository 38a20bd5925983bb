"""Document to entries: which of its objects configure a server, and what each one starts or calls."""

from __future__ import annotations

import os
from collections.abc import Iterator

from unsprawl.rules.bundle import ENTRIES
from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.entry_looks import LEAK_KEYS, LEAKS, Looks, clearly, has_parts, is_builtin, is_entry, nested
from unsprawl.scanner.entry_parts import (
    ARGS_KEYS,
    COMMAND_KEYS,
    ENV_FILE_KEYS,
    NAME_KEYS,
    NEVER,
    URL_KEYS,
    body,
    declared,
    first,
)
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Node, Span, at
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Entry, Transport
from unsprawl.scanner.packages import package_of, words_of
from unsprawl.scanner.record import NamedTuple

_SURE = frozenset(tuple(wrapper["path"]) for wrapper in ENTRIES["wrappers"] if wrapper.get("sure"))
MISPLACED = "misplaced"
"""The mark of an entry that no host reads, because it is under another host's key."""
HOST_TOKENS = "host-tokens"
"""The mark of an entry in which its host keeps what a login gave it: see `HOST_OWNED`."""
HOST_OWNED: frozenset[KeyPath] = frozenset(tuple(owned["path"]) for owned in ENTRIES["host_owned"])
"""Key paths within such an entry that nobody typed and nobody may move."""


_COPY = ("copy",)
"""The mark of an entry in a copy of a host's file, which no host reads."""


class ServerNode(NamedTuple):
    """An entry together with the node it was read from."""

    entry: Entry
    node: Node


class _Place(NamedTuple):
    """Where an entry was found. The span too: of a key that is written twice, hosts overlook one, secrets do not."""

    key_path: KeyPath
    span: Span


class _Found(NamedTuple):
    name: str
    node: Node
    marks: tuple[str, ...]
    readers: list[Reading]


def key_paths(file: ConfigFile) -> list[KeyPath]:
    """What is wanted of the file: where its hosts look for entries, where people put them by mistake, its own name."""
    return [*(path for reading in file.readings for path in reading.servers), *_leaks(file), NAME_KEYS[:1]]


def _leaks(file: ConfigFile) -> tuple[KeyPath, ...]:
    """Where entries may be that the file's own hosts do not look for. A file that is called after servers may hold them
    without a key around them.
    """
    return (*LEAKS, ()) if file.telling else LEAKS


def entries(document: Document, file: ConfigFile) -> Iterator[ServerNode]:
    """Every entry of the document, once, with all hosts that read it there."""
    found: dict[_Place, _Found] = {}
    looked: dict[tuple[KeyPath, bool, bool, bool], list[tuple[_Place, str, Node]]] = {}
    """What stands where most hosts look is looked for once."""
    listed = file.telling and document.root.kind is Kind.ARRAY
    # Of a dozen places, most files have the key of one.
    present = {"*", *(member.key for _, root in document.roots for member in root.members)}
    for reading in file.readings:
        for pattern in reading.servers:
            if pattern and pattern[0] not in present:
                continue
            sure = bool(pattern) and (reading.host != "" or pattern in _SURE)
            way = pattern, reading.guessed, sure, reading.strings
            if way not in looked:
                looks = clearly(pattern, listed) if reading.guessed else has_parts
                looked[way] = list(_at(document, pattern, looks, sure=sure, strings=reading.strings))
            for place, name, node in looked[way]:
                found.setdefault(place, _Found(name, node, _COPY if file.copy else (), [])).readers.append(reading)
    own = [reading for reading in file.readings if reading.host]
    known = {place.key_path for place in found}
    holding = {path[:length] for path in known for length in range(len(path))}
    for pattern in _leaks(file) if own else ():
        if pattern and pattern[0] not in present:
            continue
        looks = has_parts if pattern else clearly(pattern, listed)
        for place, name, node in _at(document, pattern, looks, sure=False, strings=False):
            path = place.key_path
            if path not in holding and not any(path[:length] in known for length in range(len(path) + 1)):
                found.setdefault(place, _Found(name, node, (MISPLACED, *(_COPY if file.copy else ())), own))
    for place, (name, node, marks, readers) in found.items():
        yield ServerNode(entry_of(document, place.key_path, name, node, readers, marks), node)
        inside = [(place.key_path, node)]
        while inside:
            above, holder = inside.pop()
            for steps, inner_name, inner in nested(holder):
                path = (*above, *steps)
                yield ServerNode(entry_of(document, path, inner_name, inner, readers, (*marks, "nested")), inner)
                inside.append((path, inner))


def _at(
    document: Document, pattern: KeyPath, looks: Looks, *, sure: bool, strings: bool
) -> Iterator[tuple[_Place, str, Node]]:
    """What stands in the map, list or single object at a key path. Without `sure`, only what looks like an entry."""
    holders = (
        ((*prefix, *steps), root, holder)
        for prefix, root in document.roots
        for steps, holder in everywhere(root, pattern)
    )
    for key_path, root, holder in holders:
        if is_entry(holder) and looks(holder):
            yield _Place(key_path, holder.span), _name_of_single(document, pattern, root, holder), holder
            continue
        for step, name, node in _members(holder, looks, sure=sure, strings=strings):
            if step in LEAK_KEYS and not has_parts(node) and any(nested(node)):
                # A wrapper within a wrapper: `{"mcpServers": {"mcpServers": {…}}}`.
                for steps, inner_name, inner in nested(node):
                    yield _Place((*key_path, step, *steps), inner.span), inner_name, inner
            else:
                yield _Place((*key_path, step), node.span), name, node


def everywhere(root: Node, pattern: KeyPath) -> Iterator[tuple[KeyPath, Node]]:
    """All nodes at a key path in which "*" stands for any key or list item, with every copy of a key written twice."""
    if not pattern:
        yield (), root
        return
    for member in root.members:
        if pattern[0] in ("*", member.key):
            for tail, hit in everywhere(member.value, pattern[1:]):
                yield (member.key, *tail), hit
    if pattern[0] == "*":
        for index, item in enumerate(root.items):
            for tail, hit in everywhere(item, pattern[1:]):
                yield (index, *tail), hit


def _members(holder: Node, looks: Looks, *, sure: bool, strings: bool) -> Iterator[tuple[str | int, str, Node]]:
    if holder.kind is Kind.OBJECT:
        for member in holder.members:
            # Where nobody says that these are servers, only what looks like one is one.
            if member.value.kind is Kind.OBJECT:
                if sure or (member.key not in NEVER and looks(member.value)):
                    yield member.key, member.key, member.value
            elif strings and member.value.text():
                yield member.key, member.key, member.value
    elif holder.kind is Kind.ARRAY:
        for index, item in enumerate(holder.items):
            if item.kind is Kind.OBJECT and (looks(item) or (sure and has_parts(item)) or is_builtin(item)):
                named = first(item, NAME_KEYS)
                yield index, (named[1].text() if named else None) or str(index), item
            elif strings and item.text():
                yield index, str(index), item


def _name_of_single(document: Document, pattern: KeyPath, root: Node, node: Node) -> str:
    """What an entry is called that is alone in its file: by the file where nothing else tells."""
    for holder in (node, root):
        named = first(holder, NAME_KEYS)
        if named is not None and (text := named[1].text()):
            return text
    return str(pattern[-1]) if pattern else os.path.splitext(os.path.basename(document.path))[0]


def entry_of(
    document: Document, key_path: KeyPath, name: str, node: Node, readers: list[Reading], marks: tuple[str, ...]
) -> Entry:
    """The entry that `node` is. `readers` are the hosts that find it at `key_path`."""
    inner = body(node)
    command, url = command_line(inner), _address(inner)
    by_host = {reading.host: reading.also for reading in reversed(readers) if reading.host}
    line, _ = document.lines.position(node.span.start)
    return Entry(
        path=document.path,
        key_path=key_path,
        name=name,
        hosts=tuple(dict.fromkeys(reading.host for reading in readers if reading.host)),
        line=line,
        transport=_transport(node, command, url),
        command=command,
        url=url,
        package=package_of(command),
        marks=(*_marks(node, inner, readers), *marks),
        also=tuple(host for host, also in by_host.items() if also),
    )


def _address(node: Node) -> str:
    text = node.text()
    if text is not None:  # an entry that is a plain string
        return text if _is_address(text) else ""
    return next((text for key in URL_KEYS if (value := node.get(key)) is not None and (text := value.text())), "")


def _is_address(text: str) -> bool:
    """Whether an entry that is a plain string says where a server is, and not how to start one."""
    return "://" in text.split(maxsplit=1)[0] if text.strip() else False


def _marks(node: Node, inner: Node, readers: list[Reading]) -> Iterator[str]:
    for off in ENTRIES["off"]:
        value = node.get(off["key"])
        if value is not None and value.value is off["value"]:
            yield "disabled"
            break
    if first(inner, ENV_FILE_KEYS) is not None:
        yield "env-file"
    # In a file that others get, what a host has written into an entry is a secret like any other.
    mine = {reading.host for reading in readers if reading.scope == "user"}
    if any(mine.intersection(owned["hosts"]) and at(node, tuple(owned["path"])) for owned in ENTRIES["host_owned"]):
        yield HOST_TOKENS


def word_of(path: KeyPath) -> int:
    """Which word of the command line the argument at `path` is; 0, the program, for what is no argument."""
    index = path[-1]
    if not isinstance(index, int):
        return 0
    return index + (1 if path[-2] in ARGS_KEYS else 0)


def command_line(node: Node) -> tuple[str, ...]:
    """Program and arguments of an entry, whether `command` is a string or the whole array; () when it has none."""
    text = node.text()
    if text is not None:  # an entry that is a plain string
        return () if _is_address(text) else words_of(text)
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
    kind = declared(node) or declared(body(node))
    if kind in (Transport.SSE, Transport.BUILTIN):
        return kind
    # Some writers put an empty url into stdio entries: an empty url is not a remote.
    if url and (not command or kind is Transport.HTTP):
        return Transport.HTTP
    if command:
        return Transport.STDIO
    return Transport.UNKNOWN
