"""Entries that a migration made ask for a login: which they are, whether they still do, and the host's own command.

Whether somebody has logged in only the host knows: its tokens are its own, and are not looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from shlex import join
from shutil import which
from typing import TypeAlias

from unsprawl.rewriters.journal import State, journal_files, read_journal
from unsprawl.rewriters.launch import readers, variables, working_folder
from unsprawl.rewriters.outcome import Status
from unsprawl.rewriters.program_on_terminal import Said, run_shown
from unsprawl.rewriters.targets.bridge import runs_bridge
from unsprawl.rewriters.targets.oauth import OAuth, log_in
from unsprawl.rules.bundle import BRIDGE
from unsprawl.scanner.discover import named
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.formats.node import Node, at, pointer
from unsprawl.scanner.hosts import Host, host
from unsprawl.scanner.model import Transport
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.programs import resolve

LOGIN_TIMEOUT_S = 300.0
"""A person has to find the browser, and a second factor."""
Place: TypeAlias = tuple[str, str]
"""A file and the pointer of an entry in it."""
Ask: TypeAlias = Callable[[str], bool]


def standing_logins() -> frozenset[Place]:
    """The entries whose last migration in force made them ask for a login."""
    last: dict[Place, str] = {}
    for path in journal_files():
        with suppress(UnsprawlError):  # a damaged one is told by `migrate --status`, and hides no other
            for file in read_journal(path).files:
                for entry in file.entries:
                    if file.state is State.DONE and not entry.put_back:
                        last[file.path, entry.pointer] = entry.target
    return frozenset(place for place, target in last.items() if target == OAuth.id)


def is_login(found: ExaminedEntry, logins: frozenset[Place]) -> bool:
    """Whether a migration made the entry one of those."""
    return (found.entry.path, pointer(found.entry.key_path)) in logins


def standing(found: ExaminedEntry, owners: Sequence[Host], around: Surroundings) -> tuple[Status, str]:
    """How an entry without a secret stands that shall ask for a login."""
    entry = found.entry
    untried = "; no login was tried here"
    if entry.transport is Transport.STDIO:
        program = entry.command[0] if entry.command else ""
        if resolve(program, around.environ, around.home) is None:
            return "failed", "its program is not on PATH"
        if not runs_bridge(entry.command):
            return "todo", f"no secret in the entry; the server logs in by itself{untried}"
        if any(flag == BRIDGE["header"][0] and _is_key(word) for flag, word in pairwise(entry.command)):
            return "failed", "the bridge sends a header with a key, and asks for no login then"
        return "todo", f"no secret in the entry; `{BRIDGE['package']}` logs in when it is started{untried}"
    if not entry.url:
        return "failed", "the entry says no address"
    for owner in owners:
        if why := kept_from_login(found.server.node, owner):
            return "failed", f"{owner.name} does not log in: {why}"
    how = next((log_in(owner, entry.name).typed for owner in owners if owner.oauth.login), "")
    return "todo", f"no secret in the entry, and it calls {entry.url}{untried}{f': {how}' if how else ''}"


def kept_from_login(node: Node, owner: Host) -> str:
    """What in an entry keeps its host from a login, or ""."""
    for each in owner.oauth.unless:
        holder = at(node, each.path[:-1])
        for member in holder.members if holder is not None else ():
            if member.key.lower() == each.path[-1].lower() and (each.value is None or member.value.value is each.value):
                return f"`{'.'.join(each.path)}` stands in the entry"
    for opt in owner.oauth.opt_in:
        if at(node, opt.path) is None:
            return f"`{'.'.join(opt.path)}` is missing"
    return ""


def logged_in(found: ExaminedEntry, around: Surroundings, ask: Ask, said: Said) -> Iterator[tuple[Status, str]]:
    """Run the login of each host of the entry that has a command for it; each is shown first.

    `said`: given every line that it prints, for people who are to open an address.
    """
    entry = found.entry
    if entry.transport is Transport.STDIO:
        return
    file = named(entry.path, around)
    for owner in readers(file, entry) if file is not None else map(host, entry.owners):
        if not owner.oauth.login:
            continue
        words = owner.oauth.login_command(entry.name)
        program = which(words[0], path=around.environ.get("PATH", ""))
        if program is None:
            yield "todo", f"{owner.name} is not on PATH: log in with `{join(words)}`"
            continue
        if entry.name.startswith("-"):
            yield "todo", f"its name would be read as an option: log in in {owner.name} itself"
            continue
        if not ask(join([program, *words[1:]])):
            yield "todo", f"not logged in: `{join(words)}`"
            continue
        code = run_shown([program, *words[1:]], _environ(around), working_folder(entry, around), said, LOGIN_TIMEOUT_S)
        if code is None:
            yield "failed", f"{owner.name} did not finish the login in {LOGIN_TIMEOUT_S:.0f} s: `{join(words)}`"
        elif code:
            yield "failed", f"{owner.name} did not log in (exit code {code}); in a terminal: `{join(words)}`"
        else:
            yield "done", f"{owner.name} says that it has logged in"


def _is_key(header: str) -> bool:
    return secrecy(header.partition(":")[0].strip()) in (Secrecy.STRONG, Secrecy.WEAK)


def _environ(around: Surroundings) -> Mapping[str, str]:
    return {name: value.reveal() for name, value in variables(around).items()}
