"""Takes back what joins stored for repositories on this machine. Shared files are not touched: they are everybody's."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from unsprawl.broker.forget_record import forget_record
from unsprawl.rewriters.exports import exported
from unsprawl.rewriters.joining.ledger import Joined, joined, strike
from unsprawl.rewriters.outcome import Outcome, Status, said
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.vault import env_file
from unsprawl.vault.records import read_record, record_path


def joined_in(projects: Collection[str]) -> tuple[Joined, ...]:
    """What joins did for the repositories at these folders."""
    real = {os.path.realpath(project) for project in projects}
    return tuple(each for each in joined() if each.project in real)


def leave(entries: Iterable[Joined]) -> tuple[Outcome, ...]:
    """Forget what was stored for each; an outcome for each."""
    outcomes: list[Outcome] = []
    gone: list[Joined] = []
    moved = {name for names in exported().values() for name in names}
    for each in entries:
        try:
            status, reason = _taken_back(each, moved)
            gone.append(each)
        except UnsprawlError as error:
            status, reason = "failed", said(error)
        outcomes.append(Outcome(each.path, each.pointer, (), each.entry, "join", status, reason))
    strike(gone)
    return tuple(outcomes)


def _taken_back(each: Joined, moved: Collection[str]) -> tuple[Status, str]:
    parts = []
    if each.ref:
        path = record_path(each.ref, each.project)
        record = read_record(path) if path.exists() else None
        if record is None or record.created_at != each.made:
            parts.append(f"the record {each.ref} that was stored was gone already")
        else:
            forget_record(record)
            parts.append(f"{each.ref} and its value are forgotten")
    for name in each.variables:
        if name in moved:
            parts.append(f"{name} stays, since a migration of yours uses it")
        elif env_file.remove_variable(name):
            parts.append(f"{name} is out of {env_file.path()}")
    if each.logged_in:
        parts.append("its login is kept by its host: log out there")
    return "restored", "; ".join(parts) or "nothing was stored for it"
