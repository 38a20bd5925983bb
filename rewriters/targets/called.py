"""An entry becomes one that its host calls without a key, in that host's own shape, or such a one loses its key. Pure.

What the entry shall say is written first as data and then compared with what it says: only the difference is edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from unsprawl.rewriters.operations import Insert, Operation, Remove, SetValue, plain
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.harmless_headers import harmless_headers
from unsprawl.rewriters.targets.login_at import LoginAt
from unsprawl.rewriters.targets.situation import Situation, place_name
from unsprawl.rules.bundle import BRIDGE
from unsprawl.scanner.entry_parts import (
    ARGS_KEYS,
    COMMAND_KEYS,
    ENV_FILE_KEYS,
    ENV_KEYS,
    ENV_NAME_KEYS,
    TYPE_KEYS,
    URL_KEYS,
    body_at,
)
from unsprawl.scanner.enumeration import enumerated
from unsprawl.scanner.formats.node import Kind, Node, Path, Value, at
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.model import Finding, SlotKind, Transport
from unsprawl.scanner.record import NamedTuple
from unsprawl.vault.plain import shown

STARTED = (*COMMAND_KEYS, *ARGS_KEYS, *ENV_KEYS, *ENV_NAME_KEYS, *ENV_FILE_KEYS, *BRIDGE["started"])
"""Keys that say what a host starts and how."""


class Unshaped(Refused):
    """The hosts of the entry cannot be told to call a server where it stands."""


class Client(NamedTuple):
    """A client that somebody registered beforehand."""

    id: str
    port: int | None = None
    """Of the redirect address that was registered."""


class Called(NamedTuple):
    """What makes the entry one that is called without a key."""

    operations: tuple[Operation, ...]
    dropped: tuple[str, ...]
    """Headers that are no credential and go all the same, since the host does not log in beside them."""


def called(situation: Situation, login: LoginAt, client: Client | None) -> Called:
    """The operations. Raises `Refused` where that is not sure."""
    entry = _Entry(situation, login, client)
    return Called(tuple(entry.operations()), tuple(dict.fromkeys(entry.dropped)))


class _Entry:
    def __init__(self, situation: Situation, login: LoginAt, client: Client | None) -> None:
        self._situation = situation
        self._login = login
        self._client = client
        entry = situation.found.entry
        self._is_remote = entry.transport in (Transport.HTTP, Transport.SSE) and not any(entry.command)
        # What is called already stays as its hosts read it: they need not write it alike.
        self._host = _one_way(situation.hosts, written=not self._is_remote or bool(login.headers), client=client)
        self._base = entry.key_path
        self._node = situation.found.server.node
        shape = self._host.shape
        self._within: Path = (shape.within,) if shape.within else ()
        assert self._host.remote is not None
        self._headers: Path = (*self._within, *self._host.remote.headers.split("."))
        self._gone: dict[Path, None] = {}
        """Paths below the entry that go, in order."""
        self.dropped: list[str] = []

    def operations(self) -> list[Operation]:
        """All of them; what is written first."""
        if self._node.text() is not None:
            raise Unshaped("the entry is a plain line", "")
        wanted = self._remote() if self._is_remote else self._local()
        headers = self._login.headers
        if not self._is_remote:
            further = harmless_headers(self._situation)
            headers = tuple({**dict(further.kept), **dict(headers)}.items())
            self.dropped += further.dropped
        if headers and self._host.shape.header_lines:
            raise Unshaped(f"{self._host.name} writes headers as lines", "")
        for header, text in headers:
            _put(wanted, (*self._headers, header), text)
        for each in self._host.oauth.written(_origin(self._login.url)):
            _put(wanted, each.path, each.value if isinstance(each.value, (str, bool)) else [])
        self._register(wanted)
        self._take_out_secrets()
        self._unblock(wanted)
        written = list(_difference(self._base, self._node, wanted))
        return [*written, *self._removals(written)]

    def _local(self) -> dict[str, Value]:
        """What an entry says that was started until now."""
        steps, holder = body_at(self._node)
        if self._host.shape.apart:
            raise Unshaped(f"{self._host.name} lists servers that it calls in another place", "")
        if steps == ("command",):  # older Zed: program and arguments are below `command`
            steps, holder = (), self._node
        if steps not in ((), self._within):
            raise Unshaped(f"{self._host.name} has another shape for a server that it calls", "")
        wanted = self._address()
        places: list[tuple[Path, Node]] = [((), self._node), *([(steps, holder)] if steps else [])]
        for place, node in places:
            for member in node.members:
                path = (*place, member.key)
                if member.key in TYPE_KEYS and member.value.kind is Kind.STRING:
                    if _get(wanted, path) is None:
                        self._type(wanted, path)
                elif member.key in STARTED:
                    self._gone[path] = None
                elif not (self._stays(path) or path == steps):
                    raise Unshaped(f"`{shown(member.key)}` is for servers that the host starts", "")
        return wanted

    def _stays(self, path: Path) -> bool:
        host = self._host
        own = (host.oauth.client_id[:1], host.oauth.callback_port[:1], *(each.path[:1] for each in host.oauth.opt_in))
        known = {*host.shape.remote, *host.shape.local, *self._headers[:1], *(key for keys in own for key in keys)}
        return path[-1] in known or path[-1] in BRIDGE["stays"]

    def _address(self) -> dict[str, Value]:
        """Where the host looks for an address, and what else it must read to call it."""
        shape, remote = self._host.shape, self._host.remote
        assert remote is not None
        wanted: dict[str, Value] = {}
        for key, value in shape.remote.items():
            _put(wanted, (*self._within, key), value)
        if remote.needs_type and not shape.remote:
            _put(wanted, (*self._within, "type"), remote.type)
        _put(wanted, (*self._within, *shape.url.split(".")), self._login.url)
        return wanted

    def _type(self, wanted: dict[str, Value], path: Path) -> None:
        """A key that says how the server is reached; where the host needs none, one that fits or none."""
        remote = self._host.remote
        if remote is not None and remote.type is not None and path[-1] == "type":
            _put(wanted, path, remote.type)
        else:
            self._gone[path] = None

    def _remote(self) -> dict[str, Value]:
        """What an entry says that was called until now."""
        steps, holder = body_at(self._node)
        found = [member for member in holder.members if member.key in URL_KEYS and member.value.text() is not None]
        if len(found) != 1:
            raise Refused("it has no one address", "Correct the entry, then try again.")
        wanted: dict[str, Value] = {}
        _put(wanted, (*steps, found[0].key), self._login.url)
        newer = self._situation.found.entry.transport is Transport.SSE and not self._login.events
        if newer and (found[0].value.text() or "").partition("?")[0] != self._login.url.partition("?")[0]:
            for member in holder.members:
                if member.key in TYPE_KEYS and member.value.kind is Kind.STRING:
                    value = self._host.shape.remote.get(member.key)
                    _put(wanted, (*steps, member.key), value) if value else self._type(wanted, (*steps, member.key))
        return wanted

    def _register(self, wanted: dict[str, Value]) -> None:
        """The id of a client, and its port, where the host looks for them."""
        if self._client is not None and self._host.oauth.client_id:
            _put(wanted, self._host.oauth.client_id, self._client.id)
            if self._client.port is not None and self._host.oauth.callback_port:
                _put(wanted, self._host.oauth.callback_port, self._client.port)

    def _take_out_secrets(self) -> None:
        for finding in self._situation.found.findings:
            path = finding.slot.key_path[len(self._base) :]
            if any(path[: len(gone)] == gone for gone in self._gone):
                continue
            if finding.slot.context.kind.group != "url":
                self._gone[self._pair_of(finding, path)] = None

    def _pair_of(self, finding: Finding, path: Path) -> Path:
        """What goes with a secret of an entry that is called."""
        words = {str(step).replace("_", "").lower() for step in path}
        if "clientsecret" in words:
            apart = self._host.oauth.secret_apart
            raise Refused(
                f"{place_name(finding)} is the secret of a registered client, which the login itself needs",
                f"{self._host.name}: {apart}." if apart else "Register a client without a secret, for PKCE.",
            )
        if finding.slot.context.kind not in (SlotKind.HEADER, SlotKind.ENV, SlotKind.OTHER) or not path:
            raise Refused(f"{place_name(finding)} is no header and no part of the address", "Take it out by hand.")
        if isinstance(path[-1], int) or str(path[-1]).lower() != "value":
            return path
        return path[:-1]

    def _unblock(self, wanted: Mapping[str, Value]) -> None:
        """Take out what keeps the hosts from a login, or refuse where that is what must stand there."""
        for host in self._situation.hosts:
            for each in host.oauth.unless:
                path = _found(self._node, each.path)
                if _get(wanted, each.path) is not None and each.value is None:
                    what = ".".join(each.path)
                    raise Refused(f"{host.name} does not log in where `{what}` stands, and it is needed", "")
                node = at(self._node, path) if path is not None else None
                if path is None or node is None or (each.value is not None and node.value is not each.value):
                    continue
                if _get(wanted, path) is None:
                    self._gone[path] = None
                    self.dropped += [member.key for member in node.members if (*path, member.key) not in self._gone]

    def _removals(self, written: Iterable[Operation]) -> Iterator[Operation]:
        """What goes, the later ones of a list first, and each map or list that would be left empty as a whole."""
        grown = {op.key_path[len(self._base) : -1] for op in written if isinstance(op, Insert)}
        gone = dict.fromkeys(
            path for path in self._gone if not any(path[:n] in self._gone for n in range(1, len(path)))
        )
        while True:
            counts: dict[Path, int] = {}
            for path in gone:
                counts[path[:-1]] = counts.get(path[:-1], 0) + 1
            empty = [
                path for path, count in counts.items() if path and path not in grown and self._empties(path, count)
            ]
            if not empty:
                break
            for holder in empty:
                gone = dict.fromkeys([*(path for path in gone if path[:-1] != holder), holder])
        order = sorted(gone, key=lambda path: [(step, "") if isinstance(step, int) else (-1, step) for step in path])
        yield from (Remove((*self._base, *path)) for path in reversed(order))

    def _empties(self, path: Path, count: int) -> bool:
        holder = at(self._node, path)
        return (
            holder is not None
            and len(holder.members) + len(holder.items) == count
            and not self._situation.commented(holder)
        )


def _one_way(hosts: tuple[Host, ...], *, written: bool, client: Client | None) -> Host:
    """The host that stands for all of them. Raises `Unshaped` where they call servers in different ways.

    `written`: whether the entry is written as one that is called, or is such a one already.
    """
    first = hosts[0]

    def way(host: Host) -> object:
        shaped = (host.remote and host.remote._replace(helper=None), host.shape) if written else None
        return shaped, host.oauth.opt_in, host.oauth.client_id if client is not None else None

    if any(way(host) != way(first) for host in hosts):
        names = enumerated(host.name for host in hosts)
        raise Unshaped(f"{names} read the same entry, and write a server that they call in different ways", "")
    return first


def _put(data: dict[str, Value], path: Path, value: Value) -> None:
    holder: Any = data
    for step in path[:-1]:
        holder = holder.setdefault(step, {})
    holder[path[-1]] = value


def _get(data: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(data, dict) or step not in data:
            return None
        data = data[step]
    return data


def _found(node: Node, path: tuple[str, ...]) -> Path | None:
    """Where that stands in the entry; the last step, the name of a header perhaps, in any case."""
    holder = at(node, path[:-1])
    for member in holder.members if holder is not None else ():
        if member.key.lower() == path[-1].lower():
            return (*path[:-1], member.key)
    return None


def _difference(base: Path, node: Node, wanted: Mapping[str, Value]) -> Iterator[Operation]:
    """What makes the entry say all that is wanted."""
    for key, value in wanted.items():
        there, path = node.get(key), (*base, key)
        if there is None:
            yield Insert(path, value)
        elif isinstance(value, dict) and there.kind is Kind.OBJECT:
            yield from _difference(path, there, value)
        elif plain(there) != value:
            yield SetValue(path, value)


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}"
