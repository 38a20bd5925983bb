"""Start migrated servers and load hosts' files, as the hosts would. Only `--start` calls this."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from shlex import join

from unsprawl.broker.wire.log import now
from unsprawl.rewriters.ask_server import Silent, Tools
from unsprawl.rewriters.bounded_process import run_bounded
from unsprawl.rewriters.entry_tools import Ask, Learn, Unasked, tools_of
from unsprawl.rewriters.launch import variables, working_folder
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.tool_lists import Key, compared
from unsprawl.rewriters.verify import outcome
from unsprawl.rewriters.wire_traffic import told, traffic
from unsprawl.scanner.approach import named_variables, run_command
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.hosts import host
from unsprawl.scanner.surroundings import Surroundings

HOST_TIMEOUT_S = 120.0
MOST_LISTED = 4 << 20
"""Bytes that are read of what a host lists."""


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
    since = now()
    try:
        answer = tools_of(found, around, ask, learn)
    except Silent as silent:
        if silent.refused and not (
            found.references or found.findings or named_variables(found.entry, found.server.node)
        ):
            return [outcome(found, "skipped", "not asked: the server wants a login, which only the host has")]
        return [outcome(found, "failed", str(silent)), *_stopped(found, since)]
    if isinstance(answer, Unasked):
        return [outcome(found, "skipped", answer.reason)]
    status, how = compared(answer.names, before)
    answered = outcome(found, status, f"the server answered and {how} (protocol {answer.revision})")
    run = run_command(found.entry.command)
    if run is None or not run.wire:
        return [answered]
    return [answered, outcome(found, *told(run.ref, traffic(run.ref, since)))]


def _stopped(found: ExaminedEntry, since: str) -> Iterator[Outcome]:
    """What the proxy stopped of a server that did not answer."""
    run = run_command(found.entry.command)
    if run is not None and run.wire:
        seen = traffic(run.ref, since)
        if seen.stopped or seen.failed:
            yield outcome(found, *told(run.ref, seen))


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
            outcomes += _load(entries, host(host_id).name, command, check.stream, folder, around)
    return outcomes


def _load(
    entries: Sequence[ExaminedEntry], name: str, command: list[str], stream: str, folder: str, around: Surroundings
) -> list[Outcome]:
    environ = {variable: value.reveal() for variable, value in variables(around).items()}
    try:
        done = run_bounded(command, environ, folder, timeout_s=HOST_TIMEOUT_S, most_bytes=MOST_LISTED, stream=stream)
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
