"""How an entry authenticates, as one of seven approaches, and what would serve it better.

7 no auth · 6 environment · 5 API key in a header or URL · 4 pre-registered OAuth client · 3 OAuth with dynamic
registration · 2 OAuth with a client metadata document · 1 broker. Lower is better.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from shlex import join

from unsprawl.scanner.brokered import broker_of
from unsprawl.scanner.entry_parts import ENV_FILE_KEYS, body, first
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Entry, Judgement, Literal, Reference, SlotKind, Transport
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.own_files import entry_env_files
from unsprawl.scanner.packages import is_assignment, is_line, started, words_of
from unsprawl.scanner.parts import LOOPBACK, host_of
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.record import NamedTuple

NAMES = {
    7: "no auth",
    6: "environment",
    5: "key in header or URL",
    4: "OAuth, pre-registered client",
    3: "OAuth, dynamic registration",
    2: "OAuth, client metadata document",
    1: "broker",
}
_BRIDGES = ("mcp-remote", "supergateway", "mcp-proxy")
VAULT, PROXY = "run", "wire"
"""Targets that are recommended for a local server."""
PROXY_ADVICE = "keep the key from the server too: a proxy puts it into what the server sends to its API"
WIRE = "--wire"
"""What makes `unsprawl run` keep the values from the server."""
SHOWN = "vault-value"
"""The spelling by which `unsprawl run` puts a value into an argument."""
HELD = "broker"
"""The spelling by which a broker names a value that it holds."""
_OURS = "unsprawl"
_LOOPBACK = (*LOOPBACK, "0.0.0.0")


class Approach(NamedTuple):
    """`rank` is None where only a probe could tell; then `candidates` are what it may be."""

    rank: int | None
    candidates: tuple[int, ...]
    marks: tuple[str, ...]
    reason: str
    target: str | None
    """The recommended target's id, or None when nothing needs to move."""
    advice: str


def is_bridge(command: tuple[str, ...]) -> bool:
    """Whether a stdio command only forwards to a remote server."""
    return any(base_name(word.split("@", 1)[0]) in _BRIDGES for word in started(command))


def is_bridge_header(command: Sequence[str], position: int) -> bool:
    """Whether a word follows mcp-remote's `--header`: there it expands `${NAME}` itself, from its own environment.

    Other bridges do not, and it does so nowhere else (mcp-remote 0.15.1, run).
    """
    runs = any(base_name(word.split("@", 1)[0]) == "mcp-remote" for word in command[:position])
    return runs and command[position - 1] == "--header"


def named_variables(entry: Entry, node: Node) -> frozenset[str]:
    """Variables that dedicated keys name, in hosts which expand no references inside strings."""
    names: set[str] = set()
    for host_id in entry.hosts:
        known = host(host_id)
        within = known.remote.within if known.remote is not None else ()
        holders = [holder for holder in (node, *map(node.get, within)) if holder is not None]
        for key in {
            key for way in known.references for key in (way.env_names, way.headers_by_name, way.bearer_by_name)
        }:
            for found in (found for holder in holders if key and (found := holder.get(key)) is not None):
                texts = [found, *found.items, *(member.value for member in found.members)]
                names |= {text for item in texts if (text := item.text()) is not None}
    return frozenset(names)


def own_env_file(node: Node) -> str:
    """The file of variables that the entry names since its migration, or "" where it names none of ours."""
    named = first(body(node), ENV_FILE_KEYS)
    path = (named[1].text() if named is not None else None) or ""
    return path if path and os.path.dirname(path) == entry_env_files() else ""


class RunCommand(NamedTuple):
    """`unsprawl run REF -- COMMAND…`, taken apart."""

    program: str
    """Our program, as the entry names it."""
    ref: str
    command: tuple[str, ...]
    """What it starts; may be empty in an entry that somebody broke."""
    wire: bool
    """With `--wire`: the server gets placeholders, and a proxy puts the values in."""


def run_command(command: tuple[str, ...]) -> RunCommand | None:
    """What `unsprawl run` in a command starts, also where that is a line for a shell; None for any other command."""
    words = words_of(command[0]) if len(command) == 1 and is_line(command[0]) else command
    while words and is_assignment(words[0]):
        words = words[1:]
    if base_name(words[0] if words else "") != _OURS or words[1:2] != ("run",):
        return None
    wire = words[2:3] == (WIRE,)
    rest = words[3:] if wire else words[2:]
    return RunCommand(words[0], rest[0], rest[2:], wire) if rest[1:2] == ("--",) else None


def run_reference(command: tuple[str, ...]) -> str | None:
    """REF of `unsprawl run REF -- …`, or None for any other command."""
    run = run_command(command)
    return run.ref if run is not None else None


def helper_command(entry: Entry, node: Node) -> tuple[str, ...]:
    """The words of `unsprawl run --headers REF` where a host asks it for the entry's headers; () for anything else."""
    holder = body(node)
    for host_id in entry.hosts:
        remote = host(host_id).remote
        found = holder.get(remote.helper.key) if remote is not None and remote.helper is not None else None
        words = words_of(text) if found is not None and (text := found.text()) else ()
        # Nothing may follow: what a shell would do with the headers then is another thing.
        ours = len(words) == 4 and base_name(words[0]) == _OURS and words[1:3] == ("run", "--headers")
        if ours and text == join(words):
            return words
    return ()


def vault_reference(entry: Entry, node: Node) -> str | None:
    """The vault record that an entry takes its secrets from, however it asks; None where it takes none."""
    helper = helper_command(entry, node)
    return helper[3] if helper else run_reference(entry.command)


def classify(
    entry: Entry,
    node: Node,
    judged: Sequence[tuple[SlotKind, Judgement]],
    *,
    shared: bool,
    exported: Sequence[str] = (),
) -> Approach:
    """The approach of an entry whose slots were judged so.

    `exported`: variables that a migration exported for it, as far as its hosts hand on what they have.
    """
    literal = any(isinstance(judgement, Literal) for _, judgement in judged)
    referenced = any(isinstance(judgement, Reference) for _, judgement in judged) or bool(named_variables(entry, node))
    filed = not literal and bool(own_env_file(node))
    helped = bool(helper_command(entry, node))
    run = run_command(entry.command)
    wired = run is not None and run.wire
    vaulted = helped or (run is not None and not wired)
    bridge = entry.transport is Transport.STDIO and is_bridge(entry.command)
    marks = [*entry.marks]
    marks += ["vaulted"] if vaulted else []
    marks += ["wired"] if wired else []
    inherits = [host(host_id).name for host_id in entry.owners if host(host_id).inherits]
    inherited = bool(exported) and bool(inherits) and entry.transport is Transport.STDIO and not literal
    marks += ["referenced"] if (referenced or filed or inherited) and not literal else []
    marks += ["inherited"] if inherited else []
    marks += ["bridge"] if bridge else []
    held = any(isinstance(j, Reference) and j.dialect == HELD for _, j in judged)
    brokered = not literal and (held or bool(broker_of(entry.command)))
    marks += ["brokered"] if brokered else []
    shown = vaulted and any(isinstance(j, Reference) and j.dialect == SHOWN for _, j in judged)
    marks += ["argument"] if shown else []
    remote = bridge or entry.transport in (Transport.HTTP, Transport.SSE)
    target, advice = _advice(literal=literal, remote=remote and not bridge, shared=shared)
    if literal and "copy" in marks:
        target, advice = None, "a copy that no host reads: delete it"
    past = literal or filed or inherited
    handed = past or any(kind is SlotKind.ENV and _names_a_key(judgement) for kind, judgement in judged)
    rank: int | None
    candidates: tuple[int, ...]
    if brokered:
        rank, candidates, reason = 1, (), "a broker sends the key; file and server hold a placeholder"
    elif wired and not handed:
        rank, candidates, reason = 1, (), _WIRED
    elif remote:
        rank, candidates, reason = _remote(
            entry, node, literal=literal, referenced=referenced or vaulted or wired, helped=helped
        )
    elif entry.transport is Transport.STDIO:
        rank, candidates = (6 if literal or referenced or vaulted or wired or filed or inherited else 7), ()
        reason = _stdio_reason(literal=literal, referenced=referenced, vaulted=vaulted, shown=shown, filed=filed)
        if inherited and not (vaulted or wired or referenced or filed):
            reason = f"{', '.join(exported)} exported at its migration; {' and '.join(inherits)} hands it on"
        elif rank == 7 and inherits:
            reason += f"; {' and '.join(inherits)} hands it all of its own environment, which was not looked at"
    else:
        rank, candidates, reason = (6 if literal else None), (), "it starts and calls nothing that is known"
    return Approach(rank, candidates, tuple(marks), reason, target, advice)


_TELLING = (Secrecy.STRONG, Secrecy.WEAK)


def _names_a_key(judgement: Judgement) -> bool:
    """Whether the host itself puts a key into a variable, which reaches the server past the proxy."""
    if not isinstance(judgement, Reference):
        return False
    return not judgement.names or any(secrecy(name) in _TELLING for name in judgement.names)


_WIRED = "the server gets a placeholder for the key; it is put in on the way, for the hosts that it is bound to"


def _stdio_reason(*, literal: bool, referenced: bool, vaulted: bool, shown: bool, filed: bool) -> str:
    if literal:
        return "the key is written out in the file and handed to the server in its environment or arguments"
    if shown:
        return "the key comes from the vault, but as an argument, which every process of this machine can read"
    if vaulted:
        return "the key comes from the vault when the server starts; the server sees it, the file does not"
    if filed:
        return "the file names a private file of variables; the server gets the key in its environment"
    if referenced:
        return "the file names a variable; the server gets the key in its environment"
    return "a local server without a credential in its entry"


def _remote(
    entry: Entry, node: Node, *, literal: bool, referenced: bool, helped: bool
) -> tuple[int | None, tuple[int, ...], str]:
    if literal:
        return 5, (), "the key is written out in the file and sent with every request"
    if helped:
        return 5, (), "the host asks the vault for the key when it connects; the key is sent with every request"
    if referenced:
        return 5, (), "the file names a variable; the key is sent with every request"
    if _static_client(node):
        return 4, (), "a client id is configured; tokens are the host's"
    url = entry.url or next((word for word in entry.command if host_of(word)), "")
    if host_of(url) in _LOOPBACK:
        return None, (7, 3, 2), "on this machine and without a credential; whether it asks for one is not known"
    return None, (7, 3, 2), "no credential in the entry: OAuth or open, only a probe can tell"


def _static_client(node: Node) -> bool:
    for key in ("oauth", "auth"):
        child = node.get(key)
        if child is not None and child.kind is Kind.OBJECT:
            names = {member.key.replace("_", "").lower() for member in child.members}
            if "clientid" in names:
                return True
    return False


def _advice(*, literal: bool, remote: bool, shared: bool) -> tuple[str | None, str]:
    if not literal:
        return None, "nothing to move"
    if shared:
        return "reference", "the file is shared through git: name a variable, each person keeps the value"
    if remote:
        return "reference", "the host sends the header itself: name a variable, or use the server's OAuth if it has any"
    return VAULT, "keep the key in the vault and hand it over when the server starts"
