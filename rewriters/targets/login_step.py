"""The step of target `oauth`: the host logs in, or a bridge for it, or the server itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from shlex import quote

from unsprawl.rewriters.operations import Operation
from unsprawl.rewriters.plan import EntryStep
from unsprawl.rewriters.targets.bridge import PACKAGE
from unsprawl.rewriters.targets.bridged_login import bridged_login
from unsprawl.rewriters.targets.called import Client, Unshaped, called
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.login_at import LOCAL, LoginAt, NeedsClient, login_at
from unsprawl.rewriters.targets.oauth import OAuth, log_in
from unsprawl.rewriters.targets.own_login import own_login_of, without_key
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.rewriters.todo import Todo
from unsprawl.rules.bundle import BRIDGE
from unsprawl.scanner.approach import is_bridge, run_command
from unsprawl.scanner.client_means import means_of
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.enumeration import enumerated
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.model import Transport
from unsprawl.scanner.own_client import EXAMPLE_PORT, own_client, register_at
from unsprawl.scanner.remotes.catalogue import OAUTH, Service
from unsprawl.scanner.remotes.facts import facts_of

_OPEN = OAUTH - {"dcr-listed", "preregistered", "cimd"}
"""Ways of registration that are open to a bridge."""
KEPT = "your vault keeps the old key, for `undo`"


def login_step(situation: Situation) -> EntryStep:
    """The step for one entry. Raises Refused."""
    _check(situation)
    made = login_at(situation)
    at = made.at if isinstance(made, NeedsClient) else made
    client = _client(situation, at.service)
    own = own_login_of(at.service, facts_of(situation.found))
    if isinstance(made, NeedsClient) and own is not None and (client is None or _secret_in_file(situation, at)):
        operations = without_key(situation, own)
        name = at.service.name if at.service is not None else "the service"
        return _step(
            situation, operations, f"the server's own login at {name}, and no key is left",
            [f"the server opens a browser by itself when it gets no key; {own.says}"],
            [Todo(f"log in when `{situation.found.entry.name}` opens the browser, once {_names(situation)} starts it")],
        )  # fmt: skip
    if isinstance(made, NeedsClient):
        if client is None:
            raise Refused(f"{at.name}: {made.reason}", _register_hint(situation, at))
        if why := _secret_in_file(situation, at):
            raise Refused(why, LOCAL)
    return _logged_in(situation, at, client)


def _names(situation: Situation) -> str:
    return " or ".join(dict.fromkeys(host.name for host in situation.hosts))


def _logged_in(situation: Situation, at: LoginAt, client: Client | None) -> EntryStep:
    why = _not_native(situation.hosts, at, client)
    if not why:
        try:
            made = called(situation, at, client)
        except Unshaped as unshaped:
            why = str(unshaped.args[0])
        else:
            each = dict.fromkeys(host.name for host in situation.hosts)
            names, many = enumerated(each), len(each) > 1
            secret = register_at(at.service, "").secret
            notes = [*at.notes, *_falls_away(situation, at, bridge=False), *_told(situation, client, secret)]
            if made.dropped:
                do, fall = "do" if many else "does", "fall" if len(made.dropped) > 1 else "falls"
                notes.append(f"{names} {do} not log in beside headers: {', '.join(made.dropped)} {fall} away")
            summary = (
                f"the login of {at.name} at {at.url}: {names} {'sign' if many else 'signs'} in, and no key is left"
            )
            todo = [log_in(host, situation.found.entry.name) for host in situation.hosts]
            return _step(situation, made.operations, summary, notes, list(dict.fromkeys(todo)))
    if at.service is not None and at.service.registration not in _OPEN and client is None:
        raise Refused(
            f"{why}, and the bridge registers by itself, which {at.name} does not let it do",
            _register_hint(situation, at),
        )
    bridge = bridged_login(situation, at, client)
    summary = f"the login of {at.name} at {at.url}: `{PACKAGE}` signs in, and no key is left"
    how = (
        f"{why}: `{PACKAGE}` does it, and must be allowed to run on this machine; it keeps its tokens in plain "
        f"files below {BRIDGE['tokens']}"
    )
    notes = [how, *at.notes, *_falls_away(situation, at, bridge=True)]
    if client is not None and register_at(at.service, "").secret != "optional":
        notes.append(f"a secret of the client goes into no file: {means_of(situation.hosts[0]).secret}")
    if bridge.dropped:
        notes.append(f"the bridge cannot be told {', '.join(bridge.dropped)}, which falls away")
    names = enumerated(host.name for host in situation.hosts)
    todo = [Todo(f"log in when {names} starts `{situation.found.entry.name}`, which opens the browser")]
    return _step(situation, bridge.operations, summary, notes, todo)


def _step(
    situation: Situation,
    operations: Sequence[Operation],
    summary: str,
    notes: Sequence[str],
    todo: Sequence[str],
) -> EntryStep:
    return EntryStep(
        situation.found, situation.hosts, OAuth.id, tuple(operations), (), None, summary,
        notes=(*notes, KEPT), todo=tuple(todo),
    )  # fmt: skip


def _check(situation: Situation) -> None:
    """Raises `Refused` for what cannot log in at all."""
    entry = situation.found.entry
    if run_command(entry.command) is not None:
        raise Refused("it is started by `unsprawl run` already", "Undo that first.")
    if entry.transport not in (Transport.STDIO, Transport.HTTP, Transport.SSE):
        raise Refused("it starts and calls nothing that is known", LOCAL)
    if entry.url and any(entry.command):
        raise Refused("it has a command beside its address", "Remove one of the two.")


def _client(situation: Situation, service: Service | None) -> Client | None:
    """The client that the user registered, or that the vendor publishes for the host."""
    said = situation.stated.clients.get(situation.found.entry.name)
    if said is not None:
        return Client(said, situation.stated.ports.get(situation.found.entry.name))
    ids = {host.id for host in situation.hosts}
    known = [each for each in (service.clients if service is not None else ()) if each.host in ids]
    return Client(known[0].client_id, known[0].callback_port) if len(known) == 1 == len(ids) else None


def _not_native(hosts: Sequence[Host], at: LoginAt, client: Client | None) -> str:
    """Why the hosts cannot log in there by themselves, or ""."""
    for host in hosts:
        if host.remote is None:
            return f"{host.name} calls no remote servers"
        if host.oauth.native is False:
            return f"{host.name} does not log in by itself"
        if not host.oauth.proven:
            return f"nobody has seen {host.name} log in by itself"
        if at.events:
            return f"{at.name} speaks only the older transport, and how {host.name} is told of it is not known"
        if client is not None and not host.oauth.client_id and not host.oauth.client_elsewhere:
            return f"{host.name} is not known to take the id of a client"
    return ""


def _told(situation: Situation, client: Client | None, secret: str) -> Iterator[str]:
    """What the host must be told of a registered client besides. `secret`: "needed", "optional" or ""."""
    for host in situation.hosts if client is not None else ():
        assert client is not None
        login = host.oauth
        if client.port is None and _keeps_to_a_port(host):
            yield (
                f"{host.name} listens on any port; where the redirect address was registered with one, say it: "
                f"`--callback-port {quote(f'{situation.found.entry.name}=PORT')}`"
            )
        if not login.client_id:
            yield f"give {host.name} the id of the client yourself: {login.client_elsewhere}"
        if client.port is not None and not login.callback_port:
            where = login.callback_port_told
            yield f"the redirect address was registered with port {client.port}{f': {where}' if where else ''}"
        if secret != "optional" and login.secret_apart:
            yield f"if the client has a secret, {host.name} takes it without its file: {login.secret_apart}"
        elif login.client_secret:
            yield f"a client with a secret would have it in {host.name}'s file again: register one without, for PKCE"


def _keeps_to_a_port(host: Host) -> bool:
    return bool(host.oauth.callback_port) and any("<port>" in each for each in host.oauth.redirects)


def _secret_in_file(situation: Situation, at: LoginAt) -> str:
    """Why a client of one's own would only put one secret in the place of another, or ""."""
    if register_at(at.service, "").secret == "needed":
        for host in situation.hosts:
            if not means_of(host).secret:
                return (
                    f"a client of {at.name} has a secret, and {host.name} is not known to take one but from its file, "
                    "where one secret would stand in the place of another"
                )
    return ""


def _register_hint(situation: Situation, at: LoginAt) -> str:
    """What a human does so that the host can log in there."""
    name = situation.found.entry.name
    made = register_at(at.service, "")
    if made.closed:
        return f"{made.closed} {LOCAL}"
    if why := _secret_in_file(situation, at):
        return f"Mind that {why}. {LOCAL}"
    steps = [each for each in own_client(situation.hosts[0], at.service).steps if not each.startswith("Log in:")]
    port = f" --callback-port {quote(f'{name}={EXAMPLE_PORT}')}" if _keeps_to_a_port(situation.hosts[0]) else ""
    return f"{' '.join(steps)} Then say it here: `--client-id {quote(f'{name}=ID')}{port}`. Or: {LOCAL}"


def _falls_away(situation: Situation, at: LoginAt, *, bridge: bool) -> Iterator[str]:
    """What the entry said to its local server, and says to nobody any more."""
    entry, node = situation.found.entry, situation.found.server.node
    if any(entry.command) and not is_bridge(entry.command):
        carried = at.service.carry if at.service is not None else ()
        kept = {name for carry in carried for name in (*carry.variables, *carry.flags)}
        kept |= {finding.slot.context.name for finding in situation.found.findings}
        kept |= {*BRIDGE["launching"]} if bridge else set()
        names = [name for name in (*entry_variables(node), *_flags(situation)) if name not in kept]
        if names:
            yield f"what only the local server was told falls away: {', '.join(dict.fromkeys(names))}"
    if situation.shared:
        yield "everyone else with this repository signs in for themselves"


def _flags(situation: Situation) -> Iterator[str]:
    """The options of the server, but for those that give it a key."""
    command, package = situation.found.entry.command, situation.found.entry.package
    secrets = [finding.secret.reveal() for finding in situation.found.findings]
    start = next((index for index, word in enumerate(command) if index and package and package in word), 0)
    for word, behind in zip_longest(command[start + 1 :], command[start + 2 :], fillvalue=""):
        flag, _, value = word.partition("=")
        told = value or ("" if behind.startswith("-") else behind)
        if flag.startswith("--") and len(flag) > 2 and not any(each in f"{flag} {told}" for each in secrets):
            yield flag
