"""A remote entry becomes a stdio entry: `unsprawl run` starts a bridge, which sends the headers it is given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from shlex import join, quote
from typing import NamedTuple, TypeAlias

from unsprawl.broker.fill import reference_place, value_place
from unsprawl.rewriters.operations import Insert, Operation, Remove, SetValue
from unsprawl.rewriters.plan import Keep, variable
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.handover import without_empty
from unsprawl.rewriters.targets.situation import Situation, derived_name, place_name
from unsprawl.rules.bundle import BRIDGE
from unsprawl.scanner.entry_parts import ARGS_KEYS, COMMAND_KEYS, TYPE_KEYS, URL_KEYS, body_at
from unsprawl.scanner.formats.node import Kind, Node, Path, Value
from unsprawl.scanner.hosts import Shape
from unsprawl.scanner.model import Finding, SlotKind, Transport
from unsprawl.scanner.packages import started
from unsprawl.scanner.parts import LOOPBACK, host_of, scheme_of
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.secret import Secret
from unsprawl.vault.plain import shown

PACKAGE = f"{BRIDGE['package']}@{BRIDGE['version']}"
Shows: TypeAlias = Callable[[Situation, Finding], bool]
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,:;/=+@*")
"""What every host and every shell in between passes on in an argument as it stands."""


class Bridged(NamedTuple):
    """What makes a stdio entry of a remote one."""

    operations: list[Operation]
    """All but the command itself."""
    keeps: list[Keep]
    argv: list[str]
    shown: list[str]
    """What the bridge gets as an argument."""
    holder: Path
    shape: Shape

    def start(self, words: Iterable[str]) -> list[Operation]:
        """The operations that write the command line `words` into the entry."""
        command: list[Value] = list(words)
        key = self.shape.command
        match self.shape.words:
            case "array":
                return [Insert((*self.holder, key), command)]
            case "shell":
                return [Insert((*self.holder, key), join(map(str, command)))]
            case "split":
                command[0] = quote(str(command[0]))
        return [Insert((*self.holder, key), command[0]), Insert((*self.holder, ARGS_KEYS[0]), command[1:])]


def bridged(situation: Situation, shows: Shows, further: Sequence[str] = ()) -> Bridged:
    """The stdio entry that does what the remote one did. Raises `Refused` where that is not sure.

    `shows`: whether the bridge may get that value, or what stands in for it, as an argument; `further`: what it is told
    besides.
    """
    entry, hosts = situation.found.entry, situation.hosts
    shape = hosts[0].shape
    if any(host.shape != shape for host in hosts):
        raise Refused("its hosts write a server that they start in different ways", "Use `--to reference`.")
    if shape.apart:
        raise Refused(f"{hosts[0].name} lists servers that it starts in another place", "Use `--to reference`.")
    steps, holder = body_at(situation.found.server.node)
    fits = steps == ((shape.within,) if shape.within else ()) and not shape.header_lines
    if not fits or any(step in BRIDGE["lists"] for step in entry.key_path):
        raise Refused(f"{hosts[0].name} has another shape for a server that it starts", "Use `--to reference`.")
    path = (*entry.key_path, *steps)
    url = _address(situation, holder, path, shows)
    headers = _Headers(situation, path)
    argv = [word.replace("{package}", PACKAGE).replace("{url}", url.text) for word in BRIDGE["command"]]
    argv += [word for name, value in headers.read() for word in header_words(name, value)]
    argv += BRIDGE["event_stream"] if entry.transport is Transport.SSE else []
    plain = scheme_of(entry.url) == "http" and host_of(entry.url) not in LOOPBACK
    argv += BRIDGE["plain_http"] if plain else []
    argv += further
    operations = [*other_keys(holder, path, shape, headers.first_keys), *without_empty(situation, headers.operations)]
    return Bridged(operations, [*url.keeps, *headers.keeps], argv, url.shown, path, shape)


def header_words(name: str, value: str) -> Iterator[str]:
    """The arguments that have the bridge send a header."""
    for word in BRIDGE["header"]:
        yield word.replace("{value}", value).replace("{name}", name)


class _Address(NamedTuple):
    text: str
    keeps: list[Keep]
    shown: list[str]


def _address(situation: Situation, holder: Node, path: Path, shows: Shows) -> _Address:
    """The server's address, as an argument of the bridge."""
    found = [(member.key, member.value) for member in holder.members if member.key in URL_KEYS]
    if len(found) != 1 or scheme_of(situation.found.entry.url) not in ("http", "https"):
        raise Refused("it has no one address that a bridge could call", "Use `--to reference`.")
    key, node = found[0]
    text, keeps, shown = node.text() or "", list[Keep](), list[str]()
    if situation.expands(text):
        raise Refused("its address holds a reference, so the bridge cannot be bound to it", "Use `--to reference`.")
    parts = [finding for finding in situation.found.findings if finding.slot.key_path == (*path, key)]
    for finding in sorted(parts, key=lambda each: situation.covers(each)[0], reverse=True):
        if not shows(situation, finding):
            raise Refused(
                f"a bridge would get {place_name(finding)} as an argument, where every process of this machine could "
                "read it: nothing would be won",
                "Use `--to reference` where the host expands references there.",
            )
        start, end = situation.covers(finding)
        name = situation.names.claim(derived_name(finding, situation.found.entry.name), finding.secret)
        text = text[:start] + value_place(name) + text[end:]
        keeps.append(Keep("vault", name, finding.secret))
        shown.append(place_name(finding))
    return _Address(text, keeps, shown)


class _Headers:
    """The headers of the entry, which the bridge sends from now on."""

    def __init__(self, situation: Situation, holder: Path) -> None:
        self._situation = situation
        self._holder = holder
        self.operations: list[Operation] = []
        self.keeps: list[Keep] = []
        elsewhere = [each for each in situation.found.findings if not self._is_here(each)]
        if elsewhere:
            raise Refused(f"{place_name(elsewhere[0])} is nothing that a bridge could send", "Use `--to reference`.")

    @property
    def _keys(self) -> list[tuple[str, ...]]:
        """Where the hosts look for headers."""
        named = {host.remote.headers for host in self._situation.hosts if host.remote is not None}
        return [tuple(key.split(".")) for key in sorted(named or {"headers"})]

    @property
    def first_keys(self) -> list[str]:
        """The keys of the entry that they stand under."""
        return [keys[0] for keys in self._keys]

    def _is_here(self, finding: Finding) -> bool:
        kind, path = finding.slot.context.kind, finding.slot.key_path[len(self._holder) :]
        return kind.group == "url" or (kind is SlotKind.HEADER and any(path[:-1] == keys for keys in self._keys))

    def read(self) -> Iterator[tuple[str, str]]:
        """Name and value of every header, as the bridge gets them; they are removed on the way."""
        entry = self._situation.found.server.node
        base = self._situation.found.entry.key_path
        for keys in self._keys:
            node: Node | None = entry
            for step in (*self._holder[len(base) :], *keys):
                node = node.get(str(step)) if node is not None else None
            for member in node.members if node is not None else ():
                path = (*self._holder, *keys, member.key)
                yield member.key, self._value(path, member.key, member.value)
                self.operations.append(Remove(path))

    def _value(self, path: Path, header: str, node: Node) -> str:
        text = node.text()
        if text is None or self._situation.expands(text):
            raise Refused(f"header {header} holds a reference, which no bridge would replace", "Use `--to reference`.")
        secret = any(finding.slot.key_path == path for finding in self._situation.found.findings)
        if not secret and set(text) <= PLAIN:
            return text
        called = header[2:] if header.lower().startswith("x-") else header
        wanted = variable(f"{self._situation.found.entry.name}_{called}_HEADER")
        name = self._situation.names.claim(wanted, Secret(text))
        self.keeps.append(Keep("vault", name, Secret(text)))
        plain = f"${{{name}}}"
        return plain if self._situation.leaves(plain) else reference_place(name)


def runs_bridge(words: Sequence[str]) -> bool:
    """Whether a command line starts our bridge, in whatever version."""
    return any(base_name(word.split("@", 1)[0]) == BRIDGE["package"] for word in started(tuple(words)))


def unsafe_bridge(words: Sequence[str]) -> str:
    """A word of a command line that asks for a version of the bridge which must not be started, or ""."""
    for word in words:
        name, at, version = word.rpartition("@")
        asked, safe = _numbers(version), _numbers(BRIDGE["unsafe"])
        if at and name == BRIDGE["package"] and len(asked) == len(safe) and asked < safe:
            return word
    return ""


def _numbers(version: str) -> list[int]:
    """The numbers of an exact version; none of a tag and fewer of a range, which mean the newest that there is."""
    numbers = version.split(".")
    return [int(number) for number in numbers] if all(map(str.isdecimal, numbers)) else []


def other_keys(holder: Node, path: Path, shape: Shape, headers: Collection[str]) -> Iterator[Operation]:
    """What goes, and what says that this is a server to be started. `headers`: keys that the caller sees to."""
    there = {member.key for member in holder.members}
    known = {*BRIDGE["stays"], *shape.local, *headers}
    for member in holder.members:
        if member.key in TYPE_KEYS and member.key in shape.local:
            yield SetValue((*path, member.key), shape.local[member.key])
        elif member.key in URL_KEYS or (member.key in TYPE_KEYS and member.value.kind is Kind.STRING):
            yield Remove((*path, member.key))
        elif member.key in (*COMMAND_KEYS, *ARGS_KEYS):
            if member.value.text() or member.value.items or member.value.members:
                raise Refused("it has a command beside its address", "Remove one of the two.")
            yield Remove((*path, member.key))
        elif member.key not in known:
            raise Refused(f"`{shown(member.key)}` is for servers that the host calls", "Remove it, then try again.")
    for key, value in shape.local.items():
        if key not in there:
            yield Insert((*path, key), value)
