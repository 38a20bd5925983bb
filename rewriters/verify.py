"""Whether a migrated entry is clean and can still start: the file, the record, the store, the command."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from unsprawl.broker.external.facts import known as known_brokers
from unsprawl.broker.headers import headers_of
from unsprawl.rewriters import deposits
from unsprawl.rewriters.entry_env_file import values_of
from unsprawl.rewriters.env_home import values_for
from unsprawl.rewriters.launch import (
    dialects,
    expanded,
    readers,
    started_environment,
    told_by,
    unseen_places,
    variables,
    working_folder,
)
from unsprawl.rewriters.logins import is_login, standing, standing_logins
from unsprawl.rewriters.outcome import Outcome, Status, said
from unsprawl.rewriters.shell_profile import loading_command
from unsprawl.scanner.approach import (
    WIRE,
    RunCommand,
    helper_command,
    is_bridge_header,
    named_variables,
    own_env_file,
    run_command,
)
from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.placeholders import default_of, references
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.servers import word_of
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.binding import check
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.programs import resolve
from unsprawl.vault.records import Record, load
from unsprawl.vault.service import withdraw

ANYWHERE = dialects(hosts())
"""References that some host expands; others (`op://…`) are resolved by what the entry starts."""


def is_migrated(found: ExaminedEntry) -> bool:
    """Whether the entry takes a value from elsewhere, so that there is something to verify.

    Those that a migration made ask for a login take none: see `logins`.
    """
    return bool({"vaulted", "wired", "referenced", "brokered"} & set(found.approach.marks)) or bool(
        named_variables(found.entry, found.server.node)
    )


def verify(
    files: Iterable[Examined], around: Surroundings, only: Iterable[str] = ()
) -> list[tuple[ExaminedEntry, Outcome]]:
    """The outcome for each migrated entry, or for each named one; nothing is started."""
    wanted, logins = frozenset(only), standing_logins()
    return [
        (found, _verify(found, readers(examined.file, found.entry), around, login=is_login(found, logins)))
        for examined in files
        for found in examined.entries
        if (found.entry.name in wanted if wanted else is_migrated(found) or is_login(found, logins))
    ]


def verify_login(found: ExaminedEntry, file: ConfigFile, around: Surroundings) -> Outcome:
    """The outcome for one entry, which logs in where it takes a value from nowhere."""
    return _verify(found, readers(file, found.entry), around, login=True)


def _verify(found: ExaminedEntry, owners: tuple[Host, ...], around: Surroundings, *, login: bool) -> Outcome:
    if found.findings:
        place = found.findings[0].slot.context
        return outcome(found, "failed", f"still holds a literal secret ({place.kind.value} {place.name})")
    if login and not is_migrated(found):
        return outcome(found, *standing(found, owners, around))
    command = run_command(found.entry.command)
    try:
        if helper := helper_command(found.entry, found.server.node):
            return _helped(found, helper, owners, around)
        if "brokered" in found.approach.marks:
            return _brokered(found, around)
        if command is not None:
            return _vaulted(found, command, owners, around)
        return _referenced(found, owners, around)
    except UnsprawlError as error:
        return outcome(found, "failed", said(error))


def _brokered(found: ExaminedEntry, around: Surroundings) -> Outcome:
    """An entry whose value is in a broker of others; of one that we did not put there, little is known."""
    deposit = deposits.standing_for(found.entry.path, pointer(found.entry.key_path))
    program = found.entry.command[0] if found.entry.command else ""
    if program and (missing := _no_program(program, around, "its program")):
        return outcome(found, "failed", missing)
    if deposit is None:
        return outcome(found, "done", "no secret in the entry; what its broker holds was not looked at")
    if wrong := deposits.wrong_with(deposit):
        return outcome(found, "failed", wrong)
    return outcome(
        found, "done", f"no secret in the entry; {known_brokers()[deposit.broker].name} holds {deposit.account}"
    )


def _vaulted(found: ExaminedEntry, run: RunCommand, owners: tuple[Host, ...], around: Surroundings) -> Outcome:
    if missing := _no_program(run.program, around):
        return outcome(found, "failed", missing)
    folder = working_folder(found.entry, around)
    record = load(run.ref, folder)
    known = variables(around, owners)
    entry = {name: expanded(text, owners, known) for name, text in entry_variables(found.server.node).items()}
    environ = started_environment(found.entry.hosts, around)
    started = check(record, list(run.command), folder, environ | entry, machine_key())
    if started is None:
        return outcome(found, "failed", f"the server's own command, {run.command[0]}, is not on PATH")
    for _, item in record.variables:
        withdraw(record.store, item)
    kept = f"no secret in the entry; {run.ref} is in the vault and bound to this command"
    if record.wire and not run.wire:
        missing = f"the entry starts {run.ref} without `{WIRE}`, so that the server gets the key itself"
        return outcome(found, "failed", missing)
    if not run.wire:
        return outcome(found, "done", kept)
    if not record.wire:
        return outcome(found, "failed", f"{run.ref} is bound to no host, so `{WIRE}` has nothing to put in")
    return outcome(found, "done", f"{kept}; {told_of_destinations(record)}")


def told_of_destinations(record: Record) -> str:
    """Where the values of a record may go, and which of them the server is handed all the same."""
    hosts = dict.fromkeys(host for each in record.wire for host in each.hosts)
    bound = {each.variable for each in record.wire}
    handed = [name for name, _ in record.variables if name not in bound]
    told = f"the server gets a placeholder, and the key goes to {', '.join(hosts)} only"
    return f"{told}; {', '.join(handed)} is handed over as it is" if handed else told


def _no_program(program: str, around: Surroundings, name: str = "unsprawl") -> str:
    """Why the host could not start our program, or a broker's, as the entry names it, or ""."""
    if os.path.isabs(program) and not (os.path.isfile(program) and os.access(program, os.X_OK)):
        return f"the path of {name} in the entry is no program (any more)"
    if not os.path.isabs(program) and resolve(program, around.environ, around.home) is None:
        return f"{name} is not on PATH, and the entry starts it by name"
    return ""


def _helped(found: ExaminedEntry, command: tuple[str, ...], owners: Sequence[Host], around: Surroundings) -> Outcome:
    program, ref = command[0], command[3]
    if missing := _no_program(program, around):
        return outcome(found, "failed", missing)
    headers_of(load(ref), told_by(owners, found.entry))
    for owner in owners:
        folder = owner.remote.helper.folder if owner.remote is not None and owner.remote.helper is not None else ""
        usual = os.path.dirname(found.entry.path) == around.home
        if folder and usual and not os.path.isdir(around.home + folder[1:]):
            reason = f"{owner.name} asks for the key only when {folder} is there: start it once, it makes the folder"
            return outcome(found, "todo", f"no secret in the entry; {reason}")
    return outcome(found, "done", f"no secret in the entry; {ref} is in the vault and bound to this server")


class Taken(NamedTuple):
    """What an entry takes from elsewhere when it starts."""

    names: frozenset[str]
    """Variables without a default."""
    prompts: frozenset[str] = frozenset()
    """What its host asks for."""
    files: frozenset[str] = frozenset()
    """Files whose content its host puts in, as written."""
    unexpanded: str = ""
    """The host that sends a reference as it stands, "" for none."""


def taken(found: ExaminedEntry, owners: Sequence[Host]) -> Taken:
    """What the references of an entry take, as its hosts read them."""
    names, prompts, files = set(named_variables(found.entry, found.server.node)), set[str](), set[str]()
    names |= {*found.exported}
    for slot, _ in found.references:
        if is_bridge_header(found.entry.command, word_of(slot.key_path)):
            continue
        for dialect, name, start, end in references(text := slot.text.reveal()):
            for owner in owners:
                if dialect in ANYWHERE and dialect not in dialects([owner]):
                    return Taken(frozenset(), unexpanded=owner.name)
            if dialect == "input":
                prompts.add(name)
            elif dialect.endswith("-file") and dialect in ANYWHERE:
                files.add(name)
            elif dialect in ANYWHERE and default_of(text[start:end]) is None:
                names.add(name)
    return Taken(frozenset(names), frozenset(prompts), frozenset(files))


def _referenced(found: ExaminedEntry, owners: tuple[Host, ...], around: Surroundings) -> Outcome:
    loaded = values_for(owners, around)
    own = values_of(found)
    if own_env_file(found.server.node) and not own:
        return outcome(found, "todo", "no secret in the entry; the file of variables that it names is gone, or empty")
    names, prompts, files, unexpanded = taken(found, owners)
    if unexpanded:
        return outcome(found, "failed", f"{unexpanded} does not expand its reference and sends it as it stands")
    held = frozenset(file for file in files if file in loaded)  # ours, with values that are known
    names |= held
    absent = {file for file in files - held if not os.path.isfile(_full(file, found.entry.path, around))}
    here = variables(around, owners)
    missing = sorted(name for name in names if name not in here)
    if missing and (hidden := unseen_places(owners)):
        unseen = f"{', '.join(missing)} not set here, but {hidden}, where nobody else can look"
        return outcome(found, "skipped", f"no secret in the entry; {unseen}")
    if missing:
        return outcome(found, "todo", f"no secret in the entry; not set here: {', '.join(missing)}")
    if absent:
        return outcome(found, "todo", f"no secret in the entry; there is no file {', '.join(sorted(absent))}")
    loading = loading_command(around.home, around.environ)
    unloaded = sorted(name for name in names if name not in around.environ and name not in loaded)
    if unloaded and loading:
        return outcome(
            found, "todo", f"no secret in the entry; your shell does not load {', '.join(unloaded)}: {loading}"
        )
    plain = sorted([*own, *(name for name in names if name in loaded)])
    others = sorted(names.difference(plain))
    parts = [f"{', '.join(others)} found"] if others else []
    parts += [f"{', '.join(plain)} found in a plain file that only you can read"] if plain else []
    parts += [f"asked for when it starts: {', '.join(sorted(prompts))}"] if prompts else []
    return outcome(found, "done", "; ".join(["no secret in the entry", *parts]))


def _full(path: str, beside: str, around: Surroundings) -> str:
    """The file that a reference names; a relative path begins where the configuration lies."""
    if path.startswith("~/"):
        return around.home + path[1:]
    return os.path.join(os.path.dirname(beside), path)


def outcome(found: ExaminedEntry, status: Status, reason: str) -> Outcome:
    """The outcome of one entry."""
    entry = found.entry
    return Outcome(entry.path, pointer(entry.key_path), entry.hosts, entry.name, "verify", status, reason)
