"""Whether a migrated entry is clean and can still start: the file, the record, the store, the command."""

from __future__ import annotations

import os
from collections.abc import Iterable

from unsprawl.rewriters.apply import Outcome, Status
from unsprawl.scanner.approach import run_reference
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.hosts import host
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.servers import ENV_KEYS, first
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file
from unsprawl.vault.binding import check
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.records import load
from unsprawl.vault.service import withdraw


def is_migrated(found: ExaminedEntry) -> bool:
    """Whether the entry takes a value from elsewhere, so that there is something to verify."""
    return bool({"vaulted", "referenced"} & set(found.approach.marks)) or bool(_named_variables(found))


def verify(files: Iterable[Examined], around: Surroundings, only: Iterable[str] = ()) -> list[tuple[ExaminedEntry, Outcome]]:
    """The outcome for each migrated entry, or for each named one; nothing is started."""
    wanted = frozenset(only)
    return [
        (found, _verify(found, around))
        for examined in files
        for found in examined.entries
        if (found.entry.name in wanted if wanted else is_migrated(found))
    ]


def _verify(found: ExaminedEntry, around: Surroundings) -> Outcome:
    if found.findings:
        place = found.findings[0].slot.context
        return outcome(found, "failed", f"still holds a literal secret ({place.kind.value} {place.name})")
    ref = run_reference(found.entry.command)
    try:
        if ref is not None:
            return _vaulted(found, ref, around)
        return _referenced(found, around)
    except UnsprawlError as error:
        return outcome(found, "failed", error.message)


def _vaulted(found: ExaminedEntry, ref: str, around: Surroundings) -> Outcome:
    command = found.entry.command
    program = command[0]
    if os.path.isabs(program) and not os.access(program, os.X_OK):
        return outcome(found, "failed", "the path of unsprawl in the entry is no program (any more)")
    folder = os.path.dirname(os.path.realpath(found.entry.path))
    record = load(ref, folder)
    environ = {**around.environ, **_entry_environment(found)}
    started = check(record, list(command[4:]), record.project or around.cwd, environ, machine_key())
    if started is None:
        return outcome(found, "failed", "the server's own command is not on PATH")
    for _, item in record.variables:
        withdraw(record.store, item)
    return outcome(found, "done", f"no secret in the file; {ref} is in the vault and bound to this command")


def _entry_environment(found: ExaminedEntry) -> dict[str, str]:
    env = first(found.server.node, ENV_KEYS)
    return {m.key: text for m in env[1].members if (text := m.value.text()) is not None} if env else {}


def _referenced(found: ExaminedEntry, around: Surroundings) -> Outcome:
    names = {name for slot, _ in found.references for _, name, _, _ in references(slot.text.reveal()) if name}
    names |= _named_variables(found)
    if not names:
        return outcome(found, "done", "no secret in the file")
    here = set(env_file.names()) | set(around.environ)
    missing = sorted(name for name in names if name not in here and name.isidentifier())
    if missing:
        return outcome(found, "todo", f"no secret in the file; not set here: {', '.join(missing)}")
    return outcome(found, "done", f"no secret in the file; {', '.join(sorted(names))} found")


def _named_variables(found: ExaminedEntry) -> set[str]:
    """Variables that dedicated keys name, in hosts without references inside strings."""
    names: set[str] = set()
    for host_id in found.entry.hosts:
        for way in host(host_id).references:
            for key in filter(None, (way.env_names, way.headers_by_name, way.bearer_by_name)):
                node = found.server.node.get(key)
                if node is not None:
                    texts = [node, *node.items, *(member.value for member in node.members)]
                    names |= {text for item in texts if (text := item.text()) is not None}
    return names


def outcome(found: ExaminedEntry, status: Status, reason: str) -> Outcome:
    """The outcome of one entry."""
    entry = found.entry
    return Outcome(entry.path, pointer(entry.key_path), entry.hosts, entry.name, "verify", status, reason)
