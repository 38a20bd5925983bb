"""Document to entries: which of its objects configure a server, and what each one starts or calls."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Node, select
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Entry, Transport

COMMAND_KEYS = ("command", "cmd")
ARGS_KEYS = ("args",)
ENV_KEYS = ("env", "environment", "envs")
URL_KEYS = ("url", "httpUrl", "serverUrl", "uri", "baseUrl")
HEADER_KEYS = ("headers", "http_headers")
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
    found: dict[KeyPath, tuple[str, Node, list[Reading]]] = {}
    for reading in file.readings:
        for pattern in reading.servers:
            for key_path, holder in select(document.root, pattern):
                for step, name, node in _members(holder, key_path, flat=not pattern):
                    found.setdefault((*key_path, step), (name, node, []))[2].append(reading)
    for key_path, (name, node, readers) in found.items():
        yield ServerNode(_entry(document, key_path, name, node, readers), node)


def _members(holder: Node, key_path: KeyPath, *, flat: bool) -> Iterator[tuple[str | int, str, Node]]:
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
    return first(node, COMMAND_KEYS + URL_KEYS) is not None


def _entry(document: Document, key_path: KeyPath, name: str, node: Node, readers: list[Reading]) -> Entry:
    command = command_line(node)
    url_node = first(node, URL_KEYS)
    url = (url_node[1].text() or "") if url_node else ""
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
        transport=_transport(node, command, url),
        command=command,
        url=url,
        package=package_of(command),
        marks=marks,
    )


def command_line(node: Node) -> tuple[str, ...]:
    """Program and arguments of an entry, whether `command` is a string or the whole array; () when it has none."""
    found = first(node, COMMAND_KEYS)
    if found is None:
        return ()
    command = found[1]
    if command.kind is Kind.ARRAY:
        return tuple(_word(item) for item in command.items)
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


LAUNCHERS = frozenset({"npx", "bunx", "pnpx", "uvx", "pipx", "npm", "pnpm", "yarn", "bun", "uv", "deno"})
_LAUNCH_WORDS = frozenset({"exec", "run", "dlx", "x", "tool", "create"})
_WITH_VALUE = frozenset(
    {"--from", "--with", "--python", "-p", "--package", "--registry", "--directory", "--index-url", "-e", "--env",
     "--env-file", "-v", "--volume", "--mount", "--name", "--network", "-w", "--workdir", "--entrypoint", "--user",
     "-u", "--platform", "-l", "--label", "--add-host", "--pull", "-m", "--memory"}
)  # fmt: skip


def base_name(program: str) -> str:
    """The program's name without folder and Windows ending."""
    name = os.path.basename(program.replace("\\", "/")).lower()
    for ending in (".exe", ".cmd", ".bat"):
        name = name.removesuffix(ending)
    return name


def package_of(command: tuple[str, ...]) -> str:
    """What a command line starts: the npm or PyPI package, the image, the script; "" when nothing tells."""
    if not command:
        return ""
    program, *rest = command
    name = base_name(program)
    if name == "cmd" and len(rest) > 1 and rest[0].lower() == "/c":
        return package_of(tuple(rest[1:]))
    if name == "unsprawl" and "--" in rest:
        return package_of(tuple(rest[rest.index("--") + 1 :]))
    if name in ("docker", "podman"):
        rest = rest[rest.index("run") + 1 :] if "run" in rest else rest
        return _first_operand(rest, frozenset())
    if name in LAUNCHERS:
        if "--from" in rest and rest.index("--from") + 1 < len(rest):
            return _bare(rest[rest.index("--from") + 1])
        return _bare(_first_operand(rest, _LAUNCH_WORDS))
    if name.startswith(("python", "node", "tsx", "ts-node")):
        if "-m" in rest and rest.index("-m") + 1 < len(rest):
            return rest[rest.index("-m") + 1]
        script = _first_operand(rest, frozenset())
        return script.replace("\\", "/").rsplit("/", 1)[-1]
    return name


def _first_operand(words: list[str], skipped: frozenset[str]) -> str:
    waiting = False
    for word in words:
        if waiting:
            waiting = False
        elif word.startswith("-"):
            waiting = word in _WITH_VALUE
        elif word and word not in skipped:
            return word
    return ""


def _bare(package: str) -> str:
    """Without the version: `@scope/name@1.2` and `name==1.2` become the name."""
    head, at, _ = package.rpartition("@")
    name = head if at and head else package
    return name.split("==", 1)[0]
