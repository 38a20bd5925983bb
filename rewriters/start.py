"""Start migrated servers and load hosts' files, as the hosts would. Only `--start` calls this."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from shlex import join

from unsprawl.rewriters.ask_server import Silent, Tools, tools_of_command, tools_of_url
from unsprawl.rewriters.bounded_process import run_bounded
from unsprawl.rewriters.launch import (
    entry_environment,
    entry_headers,
    expanded,
    readers,
    started_environment,
    unknown_names,
    variables,
    working_folder,
)
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.tool_lists import Key, compared
from unsprawl.rewriters.verify import outcome
from unsprawl.scanner.approach import run_command
from unsprawl.scanner.discover import named
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.hosts import Host, host
from unsprawl.scanner.model import Transport
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.records import load
from unsprawl.vault.service import withdraw

STRIPPED = (
    *("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "UNSPRAWL_HOME"),
)
"""What hosts that strip the environment leave; the hardest case, so the one that is tried."""
TIMEOUT_S = 60.0
"""For a server that is started: `npx` may have to fetch it first."""
REMOTE_TIMEOUT_S = 30.0
HOST_TIMEOUT_S = 120.0
MOST_LISTED = 4 << 20
"""Bytes that are read of what a host lists."""
Ask = Callable[[str], bool]
"""Shown a command line or an address; answers whether to start or to call it."""
Learn = Callable[[Iterable[Secret]], None]
"""Given every value before it is used, so that nothing shown can hold one."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """An entry whose server was not asked."""

    reason: str


def start_entry(
    found: ExaminedEntry,
    around: Surroundings,
    ask: Ask,
    *,
    before: frozenset[str] | None = None,
    learn: Learn = lambda secrets: None,
) -> list[Outcome]:
    """Start or call one server as its host would, and list its tools. Calls none of them.

    `before`: the names that it had before its entry was migrated, where somebody asked then.
    """
    try:
        answer = tools_of(found, around, ask, learn)
    except Silent as silent:
        return [outcome(found, "failed", str(silent))]
    if isinstance(answer, Unasked):
        return [outcome(found, "skipped", answer.reason)]
    status, how = compared(answer.names, before)
    return [outcome(found, status, f"the server answered and {how} (protocol {answer.revision})")]


def tools_before(plan: Plan, around: Surroundings, ask: Ask, learn: Learn) -> dict[Key, frozenset[str]]:
    """What tools the servers of the plan have while the values still stand in the files: for `note_tools`.

    A server that does not answer now has nothing that could be compared later.
    """
    before: dict[Key, frozenset[str]] = {}
    for step in plan.steps:
        with suppress(Silent):
            answer = tools_of(step.found, around, ask, learn)
            if isinstance(answer, Tools):
                entry = step.found.entry
                before[entry.path, pointer(entry.key_path)] = answer.names
    return before


def tools_of(found: ExaminedEntry, around: Surroundings, ask: Ask, learn: Learn) -> Tools | Unasked:
    """The tools of an entry's server, whatever stands in the entry: values, references, our `run`. Raises Silent."""
    entry, owners, known = found.entry, _readers(found, around), variables(around)
    written, headers = entry_environment(found), entry_headers(found, owners)
    remote = bool(entry.url) and entry.transport is not Transport.STDIO
    texts = (entry.url, *headers.values()) if remote else (*entry.command, *written.values())
    if not any(texts):
        return Unasked("not started: the entry says neither a command nor an address")
    unknown = [name for text in texts for name in unknown_names(text, owners, known)]
    if unknown:
        return Unasked(f"not started: only the host can tell {', '.join(dict.fromkeys(unknown))}")
    if not ask(entry.url if remote else join(entry.command)):
        return Unasked("not started")

    def final(text: str) -> str:
        return expanded(text, owners, known)

    if remote:
        sent = {name: final(text) for name, text in headers.items()} | _headers_by_name(found, owners, known)
        learn(Secret(text) for text in (final(entry.url), *sent.values()))
        return tools_of_url(final(entry.url), sent, REMOTE_TIMEOUT_S, events=entry.transport is Transport.SSE)
    environ = _environment(found, owners, known, around) | {name: final(text) for name, text in written.items()}
    learn(_from_the_vault(found, around))
    learn(Secret(value) for name, value in environ.items() if name in known and name not in STRIPPED)
    command = [final(word) for word in entry.command]
    return tools_of_command(command, environ, working_folder(entry, around), TIMEOUT_S)


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
    return environ | added | {name: known[name].reveal() for name in _passed_by_name(found) if name in known}


def _passed_by_name(found: ExaminedEntry) -> list[str]:
    names = []
    for host_id in found.entry.hosts:
        for way in host(host_id).references:
            node = found.server.node.get(way.env_names) if way.env_names else None
            names += [text for item in node.items if (text := item.text()) is not None] if node else []
    return names


def _from_the_vault(found: ExaminedEntry, around: Surroundings) -> Iterator[Secret]:
    """What `unsprawl run` will give the server."""
    command = run_command(found.entry.command)
    if command:
        with suppress(UnsprawlError):  # then it will not start, and say why
            record = load(command[2], working_folder(found.entry, around))
            for _, item in record.variables:
                yield withdraw(record.store, item)


def _headers_by_name(found: ExaminedEntry, owners: Sequence[Host], known: Mapping[str, Secret]) -> dict[str, str]:
    """Headers that the entry has taken from variables, by keys of their own."""
    sent: dict[str, str] = {}
    for way in (way for owner in owners for way in owner.references):
        node = found.server.node.get(way.headers_by_name) if way.headers_by_name else None
        for member in node.members if node else ():
            name = member.value.text()
            if name is not None and name in known:
                sent[member.key] = known[name].reveal()
        bearer = found.server.node.get(way.bearer_by_name) if way.bearer_by_name else None
        name = bearer.text() if bearer else None
        if name is not None and name in known:
            sent["Authorization"] = f"Bearer {known[name].reveal()}"
    return sent


def start_hosts(found: Iterable[ExaminedEntry], around: Surroundings, ask: Ask) -> list[Outcome]:
    """Let each host that is installed here load its own files. What it prints may hold secrets: it is thrown away."""
    groups: dict[tuple[str, str], list[ExaminedEntry]] = {}
    for one in found:
        for host_id in one.entry.hosts:
            groups.setdefault((host_id, working_folder(one.entry, around)), []).append(one)
    outcomes: list[Outcome] = []
    for (host_id, folder), entries in groups.items():
        check = host(host_id).check
        program = shutil.which(check.program, path=around.environ.get("PATH", os.defpath)) if check else None
        if check is None or program is None:
            continue
        command = [program, *check.argv]
        if ask(join(command)):
            outcomes += _load(entries, host(host_id).name, command, folder, around)
    return outcomes


def _load(
    entries: Sequence[ExaminedEntry], name: str, command: list[str], folder: str, around: Surroundings
) -> list[Outcome]:
    environ = {variable: value.reveal() for variable, value in variables(around).items()}
    try:
        done = run_bounded(command, environ, folder, timeout_s=HOST_TIMEOUT_S, most_bytes=MOST_LISTED)
    except OSError as error:
        return [outcome(one, "failed", f"{name} could not be started ({error.strerror})") for one in entries]
    if done.exit_code is None:
        return [outcome(one, "failed", f"{name} did not finish loading its configuration") for one in entries]
    if done.exit_code:
        reason = f"{name} could not load its configuration (exit code {done.exit_code})"
        return [outcome(one, "failed", reason) for one in entries]
    return [
        outcome(one, "done", f"{name} knows the entry")
        if _lists(done.output, one.entry.name)
        else outcome(one, "failed", f"{name} does not list the entry")
        for one in entries
    ]


def _lists(output: bytes, name: str) -> bool:
    """Whether the name stands there as a word of its own: a short name is part of many others."""
    return re.search(rb"(?<![\w-])" + re.escape(name.encode()) + rb"(?![\w-])", output) is not None
