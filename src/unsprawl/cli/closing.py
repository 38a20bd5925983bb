"""What only a person can do after a migration: load variables, restart hosts, replace the keys that stood in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from unsprawl.rewriters.journal import EntryNote, Journal
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import EntryStep, Plan
from unsprawl.rewriters.shell_profile import loading_command
from unsprawl.rewriters.targets.oauth import OAuth
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.hosts import host


def closing_list(
    plan: Plan,
    outcomes: Iterable[Outcome],
    journal: Journal,
    home: str,
    environ: Mapping[str, str],
    found: Iterable[ExaminedEntry] = (),
) -> list[str]:
    """In the order in which to do it. Empty when nothing was moved."""
    moved = {(outcome.path, outcome.pointer) for outcome in outcomes if outcome.status == "done"}
    steps = [step for step in plan.steps if (step.found.entry.path, pointer(step.found.entry.key_path)) in moved]
    if not steps:
        return []
    todo: list[str] = []
    if any(keep.home == "shell" for step in steps for keep in step.keeps):
        command = loading_command(home, environ)
        if command:
            todo.append(Todo("let your shell load the variables, then start the hosts from a new terminal", command))
    # A login comes after the host has read its file again, and the old key goes only when the login has worked.
    logins = [step for step in steps if step.target == OAuth.id]
    todo += dict.fromkeys(item for step in steps if step.target != OAuth.id for item in step.todo)
    names = dict.fromkeys(host(host_id).name for step in steps for host_id in step.found.entry.owners)
    todo.append(f"restart {', '.join(names)}")
    todo += dict.fromkeys(item for step in logins for item in step.todo)
    notes = (entry for file in journal.files for entry in file.entries)
    todo += rotations(notes, _still_used(logins, found), journal.id)
    todo.append(Todo("to take it all back", f"unsprawl undo {journal.id}"))
    return todo


def _still_used(logins: Iterable[EntryStep], found: Iterable[ExaminedEntry]) -> str:
    """Other entries with a key that a login has taken the place of, by name; "" for none."""
    places = {(step.found.entry.path, step.found.entry.key_path) for step in logins}
    secrets = {finding.secret for step in logins for finding in step.found.findings}
    users: dict[str, dict[str, None]] = {}
    for each in found:
        entry = each.entry
        if (entry.path, entry.key_path) not in places and any(one.secret in secrets for one in each.findings):
            users.setdefault(entry.name, {}).update((host(owner).name, None) for owner in entry.owners)
    return ", ".join(f"{name} ({', '.join(hosts)})" for name, hosts in users.items() if hosts)


def rotations(entries: Iterable[EntryNote], users: str = "", migration: str = "") -> list[str]:
    """One line for each page where the keys of these entries are replaced, one for all of which no page is known, and
    one for the command that ends the old ones: those of one migration, or all that are left.

    What a login has taken the place of is not replaced but revoked, once the login works. `users`: who has it still.
    """
    entries = list(entries)
    replaced = _rotations((each.entry, each.rotate) for each in entries if each.target != OAuth.id)
    unused = ((each.entry, each.rotate) for each in entries if each.target == OAuth.id)
    revoked = _rotations(unused, "after the first good login, revoke")
    mind = [f"see to what still has one of the keys below, or it stops when you revoke that: {users}"] if users else []
    lines = [*replaced, *mind, *revoked]
    if lines and migration:
        lines.append(Todo("then have the old keys ended, or tick them off", f"unsprawl revoke {migration}"))
    elif lines:
        lines.append(Todo("to see which old keys are left, and how to have them ended", "unsprawl revoke"))
    return lines


def _rotations(keys: Iterable[tuple[str, Iterable[Sequence[str]]]], do: str = "replace") -> list[str]:
    pages: dict[str, str] = {}
    elsewhere: dict[str, None] = {}
    for entry, rotate in keys:
        for what, page in rotate:
            if page:
                pages[what] = page
            else:
                elsewhere[entry] = None
    lines: list[str] = [Todo(f"{do} the {what}, which stood in a file", page) for what, page in pages.items()]
    if elsewhere:
        owners = ", ".join(elsewhere)
        which = "other keys" if lines else "keys"
        lines.append(f"{do} the {which} that stood in a file, at their providers ({owners})")
    return lines
