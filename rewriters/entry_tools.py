"""The tools of one entry's server, asked as its host would start or call it: the same words, variables and headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import dropwhile
from shlex import join

from unsprawl.broker.headers import headers_of
from unsprawl.rewriters.ask_server import Tools, tools_of_command, tools_of_url
from unsprawl.rewriters.entry_env_file import values_of
from unsprawl.rewriters.launch import (
    entry_headers,
    expanded,
    readers,
    started_environment,
    told_by,
    unknown_names,
    unseen_places,
    variables,
    working_folder,
)
from unsprawl.scanner.approach import helper_command, vault_reference
from unsprawl.scanner.discover import named
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.hosts import Host, host
from unsprawl.scanner.model import Transport
from unsprawl.scanner.packages import is_assignment, words_of
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file
from unsprawl.vault.oauth_item import secrets_of
from unsprawl.vault.records import load

STRIPPED = (
    *("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "UNSPRAWL_HOME"),
)
"""What hosts that strip the environment leave; the hardest case, so the one that is tried."""
TIMEOUT_S = 60.0
"""For a server that is started: `npx` may have to fetch it first."""
REMOTE_TIMEOUT_S = 30.0
Ask = Callable[[str], bool]
"""Shown a command line or an address; answers whether to start or to call it."""
Learn = Callable[[Iterable[Secret]], None]
"""Given every value before it is used, so that nothing shown can hold one."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """An entry whose server was not asked."""

    reason: str


def tools_of(found: ExaminedEntry, around: Surroundings, ask: Ask, learn: Learn) -> Tools | Unasked:
    """The tools of an entry's server, whatever stands in the entry: values, references, our `run`. Raises Silent."""
    entry, owners = found.entry, _readers(found, around)
    known = variables(around, owners)
    written, headers = entry_variables(found.server.node), entry_headers(found, owners)
    remote = bool(entry.url) and entry.transport is not Transport.STDIO
    texts = (entry.url, *headers.values()) if remote else (*entry.command, *written.values())
    if not any(texts):
        return Unasked("not started: the entry says neither a command nor an address")
    unknown = [name for text in texts for name in unknown_names(text, owners, known)]
    if unknown:
        return Unasked(f"not started: only the host can tell {', '.join(dict.fromkeys(unknown))}")
    passed = _passed_by_name(found, owners)
    unseen = sorted(name for name in passed if name not in known)
    if unseen and (hidden := unseen_places(owners)):
        return Unasked(f"not started: {', '.join(unseen)} not set here, but {hidden}, where nobody else can look")
    named_by_it = {name for text in texts for _, name, _, _ in references(text)} | {*passed}
    by_name = _headers_by_name(found, owners) if remote else {}
    learn(
        known[name]
        for name in {*named_by_it, *(name for _, name in by_name.values()), *env_file.names()}
        if name in known
    )
    learn(finding.secret for finding in found.findings)
    learn(_from_the_vault(found, around))
    own = _from_its_file(found)
    learn(own.values())
    from_vault = _headers_from_the_vault(found, owners)
    if not ask(entry.url if remote else join(entry.command)):
        return Unasked("not started")

    def final(text: str) -> str:
        return expanded(text, owners, known)

    if remote:
        sent = {name: final(text) for name, text in headers.items()}
        for name, (scheme, variable) in by_name.items():
            if variable in known:
                sent[name] = scheme + known[variable].reveal()
        sent |= from_vault
        return tools_of_url(final(entry.url), sent, REMOTE_TIMEOUT_S, events=entry.transport is Transport.SSE)
    environ = _environment(found, owners, known, around) | {name: value.reveal() for name, value in own.items()}
    environ |= {name: final(text) for name, text in written.items()}
    command = [final(word) for word in _words(entry.command, owners)]
    return tools_of_command(command, environ, working_folder(entry, around), TIMEOUT_S)


def _words(command: Sequence[str], owners: Sequence[Host]) -> Sequence[str]:
    """Program and arguments, where a host takes them from a line; what the line sets first is in the environment."""
    kinds = {owner.shape.words for owner in owners}
    if len(command) != 1 or kinds.isdisjoint({"shell", "split"}):
        return command
    if "shell" in kinds:
        return ["/bin/sh", "-c", command[0]]
    return [*dropwhile(is_assignment, words_of(command[0]))]


def _readers(found: ExaminedEntry, around: Surroundings) -> tuple[Host, ...]:
    file = named(found.entry.path, around)
    return readers(file, found.entry) if file is not None else tuple(map(host, found.entry.owners))


def _environment(
    found: ExaminedEntry, owners: Sequence[Host], known: Mapping[str, Secret], around: Surroundings
) -> dict[str, str]:
    """What the server is given besides what the entry sets."""
    if owners and all(any(way.form == "inherit" for way in owner.references) for owner in owners):
        whole = {name: value.reveal() for name, value in known.items()}
        return whole | started_environment(found.entry.owners, around._replace(environ={}))
    given = started_environment(found.entry.owners, around)
    environ = {name: given[name] for name in STRIPPED if name in given}
    added = {name: text for each in owners for name in each.child_sets if (text := given.get(name)) is not None}
    return environ | added | {name: known[name].reveal() for name in _passed_by_name(found, owners) if name in known}


def _passed_by_name(found: ExaminedEntry, owners: Iterable[Host]) -> frozenset[str]:
    """The variables that the entry has its hosts hand on, each as it reads this very file."""
    keys = {way.env_names for owner in owners for way in owner.references if way.env_names}
    lists = (node for key in keys if (node := found.server.node.get(key)) is not None)
    return frozenset(text for node in lists for item in node.items if (text := item.text()) is not None)


def _headers_from_the_vault(found: ExaminedEntry, owners: Sequence[Host]) -> dict[str, str]:
    """What `unsprawl run --headers` gives the host for this entry; nothing where it would refuse."""
    helper = helper_command(found.entry, found.server.node)
    if helper:
        with suppress(UnsprawlError):  # the host calls the server all the same then
            return headers_of(load(helper[3]), told_by(owners, found.entry))
    return {}


def _from_its_file(found: ExaminedEntry) -> dict[str, Secret]:
    """What a file of variables of its own holds; nothing where the host could not read it either."""
    with suppress(UnsprawlError):
        return values_of(found)
    return {}


def _from_the_vault(found: ExaminedEntry, around: Surroundings) -> Iterator[Secret]:
    """What `unsprawl run` will give the server, or its host."""
    ref = vault_reference(found.entry, found.server.node)
    if ref is not None:
        with suppress(UnsprawlError):  # then it will not start, and say why
            yield from secrets_of(load(ref, working_folder(found.entry, around)))


def _headers_by_name(found: ExaminedEntry, owners: Sequence[Host]) -> dict[str, tuple[str, str]]:
    """Headers that the entry has taken from variables, by keys of their own: (what stands before it, variable)."""
    by_name: dict[str, tuple[str, str]] = {}
    for way in (way for owner in owners for way in owner.references):
        node = found.server.node.get(way.headers_by_name) if way.headers_by_name else None
        for member in node.members if node else ():
            if (name := member.value.text()) is not None:
                by_name[member.key] = "", name
        bearer = found.server.node.get(way.bearer_by_name) if way.bearer_by_name else None
        if bearer and (name := bearer.text()) is not None:
            by_name["Authorization"] = "Bearer ", name
    return by_name
