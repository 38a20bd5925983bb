"""For hosts that do not log in by themselves: the entry starts our bridge, which does, and sends no key. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import join, quote

from unsprawl.rewriters.operations import Insert, Operation, Remove, SetValue
from unsprawl.rewriters.targets.bridge import PACKAGE, header_words, other_keys
from unsprawl.rewriters.targets.called import Called, Client
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.harmless_headers import harmless_headers
from unsprawl.rewriters.targets.login_at import LoginAt
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.rules.bundle import BRIDGE
from unsprawl.scanner.entry_parts import (
    ARGS_KEYS,
    COMMAND_KEYS,
    ENV_FILE_KEYS,
    ENV_KEYS,
    ENV_NAME_KEYS,
    body_at,
    first,
)
from unsprawl.scanner.formats.node import Kind, Node, Path, Value
from unsprawl.scanner.hosts import Shape
from unsprawl.scanner.model import Transport
from unsprawl.scanner.parts import LOOPBACK, host_of, scheme_of

_TO_SERVER = (*ENV_KEYS, *ENV_NAME_KEYS, *ENV_FILE_KEYS)


def bridged_login(situation: Situation, login: LoginAt, client: Client | None) -> Called:
    """The operations, and the headers that the bridge cannot send. Raises `Refused` where that is not sure."""
    hosts = situation.hosts
    shape = hosts[0].shape
    entry = situation.found.entry
    remote = entry.transport in (Transport.HTTP, Transport.SSE) and not any(entry.command)
    headers = harmless_headers(situation)
    words = _words(login._replace(headers=(*login.headers, *headers.kept)), client)
    if any(situation.expands(word) for word in words):
        raise Refused("its hosts would change the bridge's arguments", "")
    alike = all(host.shape == shape if remote else host.shape.words == shape.words for host in hosts)
    if not alike:
        raise Refused("its hosts write a server that they start in different ways", "")
    made = _of_called(situation, words, shape) if remote else _of_started(situation, words, shape)
    return Called(tuple(made), headers.dropped)


def _words(login: LoginAt, client: Client | None) -> list[str]:
    words = [word.replace("{package}", PACKAGE).replace("{url}", login.url) for word in BRIDGE["command"]]
    if client is not None:
        words += [str(client.port)] if client.port is not None else []
        words += [word.replace("{id}", client.id) for word in BRIDGE["client"]]
    words += [word for name, value in login.headers for word in header_words(name, value)]
    words += BRIDGE["event_stream"] if login.events else []
    plain = scheme_of(login.url) == "http" and host_of(login.url) not in LOOPBACK
    return words + (BRIDGE["plain_http"] if plain else [])


def _of_called(situation: Situation, words: Sequence[str], shape: Shape) -> list[Operation]:
    """An entry that had an address."""
    entry, hosts = situation.found.entry, situation.hosts
    steps, holder = body_at(situation.found.server.node)
    fits = steps == ((shape.within,) if shape.within else ()) and not shape.header_lines
    if shape.apart or not fits or any(step in BRIDGE["lists"] for step in entry.key_path):
        raise Refused(f"{hosts[0].name} has another shape for a server that it starts", "")
    path = (*entry.key_path, *steps)
    keys = {(host.remote.headers if host.remote is not None else "headers").split(".")[0] for host in hosts}
    operations = [*_command(path, words, shape), *other_keys(holder, path, shape, keys)]
    operations += [Remove((*path, key)) for key in sorted(keys) if holder.get(key) is not None]
    operations += [Remove((*path, key)) for key in _TO_SERVER if holder.get(key) is not None]
    return operations


def _command(path: Path, words: Sequence[str], shape: Shape) -> Iterator[Operation]:
    command: list[Value] = list(words)
    match shape.words:
        case "array":
            yield Insert((*path, shape.command), command)
        case "shell":
            yield Insert((*path, shape.command), join(words))
        case _:
            yield Insert((*path, shape.command), _program(words, shape))
            yield Insert((*path, ARGS_KEYS[0]), command[1:])


def _program(words: Sequence[str], shape: Shape) -> str:
    return quote(words[0]) if shape.words == "split" else words[0]


def _of_started(situation: Situation, words: Sequence[str], shape: Shape) -> list[Operation]:
    """An entry that had another command."""
    node, base = situation.found.server.node, situation.found.entry.key_path
    if node.text() is not None:
        return [SetValue(base, join(words))]
    steps, holder = body_at(node)
    path: Path = (*base, *steps)
    found = first(holder, COMMAND_KEYS)
    if found is None:
        raise Refused("it starts nothing", "")
    key, command = found
    if command.kind is Kind.OBJECT:  # older Zed
        path, holder, key = (*path, key), command, "path"
    there = holder.get(key)
    return [*_replaced(path, holder, key, there, words, shape), *_no_variables(situation, node, base, path, holder)]


def _replaced(
    path: Path, holder: Node, key: str, there: Node | None, words: Sequence[str], shape: Shape
) -> Iterator[Operation]:
    rest: list[Value] = list(words[1:])
    if there is not None and there.kind is Kind.ARRAY:
        yield SetValue((*path, key), list(words))
    elif shape.words == "shell":
        yield SetValue((*path, key), join(words))
    else:
        yield SetValue((*path, key), _program(words, shape))
        args = first(holder, ARGS_KEYS)
        yield Insert((*path, ARGS_KEYS[0]), rest) if args is None else SetValue((*path, args[0]), rest)
        return
    args = first(holder, ARGS_KEYS)
    if args is not None:
        yield Remove((*path, args[0]))


def _no_variables(situation: Situation, node: Node, base: Path, path: Path, holder: Node) -> Iterator[Operation]:
    """What was for the server behind goes; what the bridge is started with stays."""
    for place, part in ((base, node), (path, holder))[path == base :]:
        for name in _TO_SERVER:
            value = part.get(name)
            if value is None:
                continue
            stays = [m.key for m in value.members if m.key in BRIDGE["launching"]] if name in ENV_KEYS else []
            secret = {finding.slot.key_path for finding in situation.found.findings}
            if stays and not any((*place, name, key) in secret for key in stays):
                yield from (Remove((*place, name, m.key)) for m in value.members if m.key not in stays)
            else:
                yield Remove((*place, name))
