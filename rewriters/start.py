"""Start migrated servers and load hosts' files, as the hosts would. Only `verify --start` calls this."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from shlex import join

from unsprawl.rewriters.apply import Outcome
from unsprawl.rewriters.ask_server import Silent, tools_of
from unsprawl.rewriters.verify import outcome
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Transport
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.servers import ENV_KEYS, first
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file

STRIPPED = ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "UNSPRAWL_HOME")
"""What hosts that strip the environment leave; the hardest case, so the one that is tried."""
TIMEOUT_S = 60.0
Ask = Callable[[str], bool]
"""Shown a command line; answers whether to start it."""


def start_entry(found: ExaminedEntry, around: Surroundings, ask: Ask) -> list[Outcome]:
    """Start one stdio server under the stripped environment of hosts, and list its tools. Calls none of them."""
    entry = found.entry
    if entry.transport is not Transport.STDIO:
        return [outcome(found, "skipped", "a remote server; nothing to start")]
    variables = {name: value for name in env_file.names() if (value := env_file.get_variable(name)) is not None}
    command = [_expanded(word, found, variables, around) for word in entry.command]
    if not ask(join(entry.command)):
        return [outcome(found, "skipped", "not started")]
    environ = {name: around.environ[name] for name in STRIPPED if name in around.environ}
    for name, text in _entry_environment(found).items():
        environ[name] = _expanded(text, found, variables, around)
    for name in _passed_by_name(found):
        if name in variables:
            environ[name] = variables[name].reveal()
    try:
        tools = tools_of(command, environ, os.path.dirname(entry.path), TIMEOUT_S)
    except Silent as silent:
        return [outcome(found, "failed", str(silent))]
    return [outcome(found, "done", f"the server answered and has {tools} tool{'' if tools == 1 else 's'}")]


def _entry_environment(found: ExaminedEntry) -> dict[str, str]:
    env = first(found.server.node, ENV_KEYS)
    return {m.key: text for m in env[1].members if (text := m.value.text()) is not None} if env else {}


def _passed_by_name(found: ExaminedEntry) -> list[str]:
    names = []
    for host_id in found.entry.hosts:
        for way in host(host_id).references:
            node = found.server.node.get(way.env_names) if way.env_names else None
            names += [text for item in node.items if (text := item.text()) is not None] if node else []
    return names


def _expanded(text: str, found: ExaminedEntry, variables: dict[str, Secret], around: Surroundings) -> str:
    """The text as the host would pass it on: references that it expands replaced, from the end backwards."""
    reads = {dialect for host_id in found.entry.hosts for way in host(host_id).references for dialect in way.reads}
    for dialect, name, start, end in sorted(references(text), key=lambda item: item[2], reverse=True):
        if dialect in reads:
            value = variables[name].reveal() if name in variables else around.environ.get(name)
            if value is not None:
                text = text[:start] + value + text[end:]
    return text


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
    environ = dict(around.environ)
    for variable in env_file.names():
        value = env_file.get_variable(variable)
        if value is not None:
            environ.setdefault(variable, value.reveal())
    try:
        done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S * 2)
    except subprocess.TimeoutExpired:
        return outcome(found, "failed", f"{name} did not finish loading its configuration")
    except OSError as error:
        return outcome(found, "failed", f"{name} could not be started ({error.strerror})")
    if done.returncode:
        return outcome(found, "failed", f"{name} could not load its configuration (exit code {done.returncode})")
    listed = found.entry.name.encode() in done.stdout
    return outcome(found, "done" if listed else "failed", f"{name} {'knows' if listed else 'does not list'} the entry")
