"""Document to entries: which of its objects configure a server, and what each one starts or calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TypeAlias

from unsprawl.rules.bundle import ENTRIES
from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Node, Span, at
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Entry, Transport
from unsprawl.scanner.packages import package_of, words_of
from unsprawl.scanner.record import NamedTuple

_PARTS: dict[str, list[str]] = ENTRIES["parts"]
COMMAND_KEYS = tuple(_PARTS["command"])
ARGS_KEYS = tuple(_PARTS["args"])
ENV_KEYS = tuple(_PARTS["env"])
ENV_NAME_KEYS = tuple(_PARTS["env_names"])
URL_KEYS = tuple(_PARTS["url"])
HEADER_KEYS = tuple(_PARTS["headers"])
HOLDER_KEYS = tuple(_PARTS["holders"])
"""The names hosts use for one thing. A secret under a key that this host ignores is in the file all the same."""
ENV_FILE_KEYS = tuple(_PARTS["env_files"])
_TYPE_KEYS = tuple(_PARTS["type"])
_OWN = frozenset(key for keys in _PARTS.values() for key in keys)
_NEVER = frozenset(ENTRIES["never"])
_NAMES = tuple(ENTRIES["names"])
_TRANSPORTS = {word: Transport(kind) for kind, words in ENTRIES["transports"].items() for word in words}
_SURE = frozenset(tuple(wrapper["path"]) for wrapper in ENTRIES["wrappers"] if wrapper.get("sure"))
LEAKS: tuple[KeyPath, ...] = tuple(tuple(wrapper["path"]) for wrapper in ENTRIES["wrappers"] if wrapper.get("leaks"))
"""Where people put entries in files of hosts that look elsewhere: formats get copied from one host to another."""
_ADDRESSED = frozenset(tuple(wrapper["path"]) for wrapper in ENTRIES["wrappers"] if wrapper.get("addresses"))
_ADDRESS_KEYS = frozenset(ENTRIES["addresses"]["keys"])
_ADDRESS_LABELS = frozenset(ENTRIES["addresses"]["labels"])
_ADDRESS_SEGMENTS = frozenset(ENTRIES["addresses"]["segments"])
_LEAK_KEYS = frozenset(path[0] for path in LEAKS if len(path) == 1)
MISPLACED = "misplaced"
"""The mark of an entry that no host reads, because it is under another host's key."""
HOST_TOKENS = "host-tokens"
"""The mark of an entry in which its host keeps what a login gave it: see `HOST_OWNED`."""
HOST_OWNED: frozenset[KeyPath] = frozenset(tuple(owned["path"]) for owned in ENTRIES["host_owned"])
"""Key paths within such an entry that nobody typed and nobody may move."""


_COPY = ("copy",)
"""The mark of an entry in a copy of a host's file, which no host reads."""
_Looks: TypeAlias = "Callable[[Node], bool]"
"""Whether an object looks like an entry."""


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


def first(node: Node, keys: tuple[str, ...]) -> tuple[str, Node] | None:
    """The first of `keys` that the object has, with its value."""
    for key in keys:
        found = node.get(key)
        if found is not None:
            return key, found
    return None


def key_paths(file: ConfigFile) -> list[KeyPath]:
    """What is wanted of the file: where its hosts look for entries, where people put them by mistake, its own name."""
    return [*(path for reading in file.readings for path in reading.servers), *_leaks(file), _NAMES[:1]]


def _leaks(file: ConfigFile) -> tuple[KeyPath, ...]:
    """Where entries may be that the file's own hosts do not look for. A file that is called after servers may hold them
    without a key around them.
    """
    return (*LEAKS, ()) if file.telling else LEAKS


def entries(document: Document, file: ConfigFile) -> Iterator[ServerNode]:
    """Every entry of the document, once, with all hosts that read it there."""
    found: dict[_Place, _Found] = {}
    listed = file.telling and document.root.kind is Kind.ARRAY
    for reading in file.readings:
        for pattern in reading.servers:
            sure = bool(pattern) and (reading.host != "" or pattern in _SURE)
            looks = _clearly(pattern, listed) if reading.guessed else _has_parts
            for place, name, node in _at(document, pattern, looks, sure=sure, strings=reading.strings):
                found.setdefault(place, _Found(name, node, _COPY if file.copy else (), [])).readers.append(reading)
    own = [reading for reading in file.readings if reading.host]
    known = {place.key_path for place in found}
    holding = {path[:length] for path in known for length in range(len(path))}
    for pattern in _leaks(file) if own else ():
        looks = _has_parts if pattern else _clearly(pattern, listed)
        for place, name, node in _at(document, pattern, looks, sure=False, strings=False):
            path = place.key_path
            if path not in holding and not any(path[:length] in known for length in range(len(path) + 1)):
                found.setdefault(place, _Found(name, node, (MISPLACED, *(_COPY if file.copy else ())), own))
    for place, (name, node, marks, readers) in found.items():
        yield ServerNode(_entry(document, place.key_path, name, node, readers, marks), node)
        inside = [(place.key_path, node)]
        while inside:
            above, holder = inside.pop()
            for steps, inner_name, inner in nested(holder):
                path = (*above, *steps)
                yield ServerNode(_entry(document, path, inner_name, inner, readers, (*marks, "nested")), inner)
                inside.append((path, inner))


def _at(
    document: Document, pattern: KeyPath, looks: _Looks, *, sure: bool, strings: bool
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
            if step in _LEAK_KEYS and not _has_parts(node) and any(nested(node)):
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


def _members(holder: Node, looks: _Looks, *, sure: bool, strings: bool) -> Iterator[tuple[str | int, str, Node]]:
    if holder.kind is Kind.OBJECT:
        for member in holder.members:
            # Where nobody says that these are servers, only what looks like one is one.
            if member.value.kind is Kind.OBJECT:
                if sure or (member.key not in _NEVER and looks(member.value)):
                    yield member.key, member.key, member.value
            elif strings and member.value.text():
                yield member.key, member.key, member.value
    elif holder.kind is Kind.ARRAY:
        for index, item in enumerate(holder.items):
            if item.kind is Kind.OBJECT and (looks(item) or (sure and _has_parts(item)) or _is_builtin(item)):
                named = first(item, _NAMES)
                yield index, (named[1].text() if named else None) or str(index), item
            elif strings and item.text():
                yield index, str(index), item


def nested(node: Node) -> Iterator[tuple[KeyPath, str, Node]]:
    """Entries that stand within another by mistake, as (steps, name, node): a bracket was set too late.

    Only the outermost: what stands within those is theirs.
    """
    for member in node.members:
        if member.key in _OWN or member.key in _NEVER or member.value.kind is not Kind.OBJECT:
            continue
        if is_entry(member.value):
            yield (member.key,), member.key, member.value
        elif member.key in _LEAK_KEYS:
            for steps, name, inner in nested(member.value):
                yield (member.key, *steps), name, inner


def is_entry(node: Node) -> bool:
    """Whether an object is an entry by itself: it has a program or an address, and not a server that is called so."""
    return any((value := node.get(key)) is not None and value.kind in _SAID for key in COMMAND_KEYS + URL_KEYS)


_SAID = (Kind.STRING, Kind.ARRAY)


def _has_parts(node: Node) -> bool:
    return first(body(node), COMMAND_KEYS + URL_KEYS) is not None


def _is_clearly_entry(node: Node) -> bool:
    """What other programs' files hardly hold: `url` alone is in every second one, `command` too."""
    inner = body(node)
    declared = _declared(node) is not None or _declared(inner) is not None
    if first(inner, COMMAND_KEYS) is not None:
        return declared or first(inner, ARGS_KEYS + ENV_KEYS) is not None
    return first(inner, URL_KEYS) is not None and (declared or first(inner, HEADER_KEYS) is not None)


def _clearly(pattern: KeyPath, listed: bool) -> _Looks:
    """What looks like an entry at this key path of a file of which nobody says that it has any. `listed`: the file is
    called after servers and is a list.
    """
    return _is_addressed if pattern in _ADDRESSED or (listed and not pattern) else _is_clearly_entry


def _is_addressed(node: Node) -> bool:
    """Also what has the address of a server and nothing else that tells."""
    if _is_clearly_entry(node):
        return True
    found = first(body(node), URL_KEYS)
    return found is not None and (found[0] in _ADDRESS_KEYS or _is_server_address(found[1].text() or ""))


def _is_server_address(text: str) -> bool:
    """Whether an address says by a part of itself that a server is there."""
    _, scheme, rest = text.partition("://")
    host, *segments = rest.partition("?")[0].partition("#")[0].lower().split("/")
    labels = host.rpartition("@")[2].partition(":")[0].replace("-", ".").split(".")
    return scheme != "" and not (_ADDRESS_LABELS.isdisjoint(labels) and _ADDRESS_SEGMENTS.isdisjoint(segments))


def _is_builtin(node: Node) -> bool:
    """Whether an item says by its type that it is a server, although it starts and calls nothing."""
    return _declared(node) is Transport.BUILTIN


def body(node: Node) -> Node:
    """The object that holds command or url: the entry itself, or a part of it (Cline and grok have `transport`)."""
    if first(node, COMMAND_KEYS + URL_KEYS) is None:
        for key in HOLDER_KEYS:
            inner = node.get(key)
            if inner is not None and first(inner, COMMAND_KEYS + URL_KEYS) is not None:
                return inner
    return node


def _name_of_single(document: Document, pattern: KeyPath, root: Node, node: Node) -> str:
    """What an entry is called that is alone in its file: by the file where nothing else tells."""
    for holder in (node, root):
        named = first(holder, _NAMES)
        if named is not None and (text := named[1].text()):
            return text
    return str(pattern[-1]) if pattern else os.path.splitext(os.path.basename(document.path))[0]


def _entry(
    document: Document, key_path: KeyPath, name: str, node: Node, readers: list[Reading], marks: tuple[str, ...]
) -> Entry:
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


def _declared(node: Node) -> Transport | None:
    """What the entry says itself."""
    for key in _TYPE_KEYS:
        declared = node.get(key)
        text = declared.text() if declared is not None else None
        kind = _TRANSPORTS.get((text or "").lower().replace("_", "-"))
        if kind is not None:
            return kind
    return None


def _transport(node: Node, command: tuple[str, ...], url: str) -> Transport:
    kind = _declared(node) or _declared(body(node))
    if kind in (Transport.SSE, Transport.BUILTIN):
        return kind
    # Some writers put an empty url into stdio entries: an empty url is not a remote.
    if url and (not command or kind is Transport.HTTP):
        return Transport.HTTP
    if command:
        return Transport.STDIO
    return Transport.UNKNOWN
