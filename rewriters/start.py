"""Start migrated servers and load hosts' files, as the hosts would. Only `verify --start` calls this."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from shlex import join

from unsprawl.rewriters.ask_server import Silent, tools_of
from unsprawl.rewriters.launch import entry_environment, expanded, unknown_names, variables, working_folder
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.verify import outcome
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Transport
from unsprawl.scanner.surroundings import Surroundings

STRIPPED = (
    *("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "UNSPRAWL_HOME"),
)
"""What hosts that strip the environment leave; the hardest case, so the one that is tried."""
TIMEOUT_S = 60.0
Ask = Callable[[str], bool]
"""Shown a command line; answers whether to start it."""


def start_entry(found: ExaminedEntry, around: Surroundings, ask: Ask) -> list[Outcome]:
    """Start one stdio server under the stripped environment of hosts, and list its tools. Calls none of them."""
    entry = found.entry
    if entry.transport is not Transport.STDIO:
        return [outcome(found, "skipped", "a remote server; nothing to start")]
    readers, known, written = [host(host_id) for host_id in entry.owners], variables(around), entry_environment(found)
    unknown = [name for text in (*entry.command, *written.values()) for name in unknown_names(text, readers, known)]
    if unknown:
        return [outcome(found, "skipped", f"not started: only the host can tell {', '.join(dict.fromkeys(unknown))}")]
    if not ask(join(entry.command)):
        return [outcome(found, "skipped", "not started")]
    environ = {name: around.environ[name] for name in STRIPPED if name in around.environ}
    environ |= {name: known[name].reveal() for name in _passed_by_name(found) if name in known}
    environ |= {name: expanded(text, readers, known) for name, text in written.items()}
    command = [expanded(word, readers, known) for word in entry.command]
    try:
        tools = tools_of(command, environ, working_folder(entry, around), TIMEOUT_S)
    except Silent as silent:
        return [outcome(found, "failed", str(silent))]
    return [outcome(found, "done", f"the server answered and has {tools} tool{'' if tools == 1 else 's'}")]


def _passed_by_name(found: ExaminedEntry) -> list[str]:
    names = []
    for host_id in found.entry.hosts:
        for way in host(host_id).references:
            node = found.server.node.get(way.env_names) if way.env_names else None
            names += [text for item in node.items if (text := item.text()) is not None] if node else []
    return names


def start_hosts(found: Iterable[ExaminedEntry], around: Surroundings, ask: Ask) -> list[Outcome]:
    """Let each host that is installed here load its own files. What it prints may hold secrets: it is thrown away."""
    outcomes: list[Outcome] = []
    tried: set[str] = set()
    for one in found:
        for host_id in one.entry.hosts:
            check = host(host_id).check
            program = shutil.which(check.program) if check is not None else None
            if check is None or program is None or host_id in tried:
                continue
            tried.add(host_id)
            command = [program, *check.argv]
            if not ask(join(command)):
                continue
            outcomes.append(_load(one, host(host_id).name, command, around))
    return outcomes


def _load(found: ExaminedEntry, name: str, command: list[str], around: Surroundings) -> Outcome:
    environ = {variable: value.reveal() for variable, value in variables(around).items()}
    try:
        done = subprocess.run(
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S * 2, check=False
        )
    except subprocess.TimeoutExpired:
        return outcome(found, "failed", f"{name} did not finish loading its configuration")
    except OSError as error:
        return outcome(found, "failed", f"{name} could not be started ({error.strerror})")
    if done.returncode:
        return outcome(found, "failed", f"{name} could not load its configuration (exit code {done.returncode})")
    # As a word of its own: a short name is part of many others.
    listed = re.search(rb"(?<![\w-])" + re.escape(found.entry.name.encode()) + rb"(?![\w-])", done.stdout) is not None
    return outcome(found, "done" if listed else "failed", f"{name} {'knows' if listed else 'does not list'} the entry")
