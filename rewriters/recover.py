"""Settle what a killed run left behind, before anything else is changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from unsprawl.rewriters.forget import forget
from unsprawl.rewriters.journal import FileNote, Journal, State, journals
from unsprawl.rewriters.replace_file import read_whole, temporary_path
from unsprawl.rewriters.standing import (
    Kept,
    data_now,
    entries_as_left,
    is_after,
    is_before,
    kept_for,
    secrets_stand,
    values_replaced,
)
from unsprawl.scanner.errors import SecretMissing, UnsprawlError
from unsprawl.scanner.formats.text import decode
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places
from unsprawl.vault.files import sweep
from unsprawl.vault.service import withdraw

_MACHINE_KEY_TAKES_S = 5.0
"""Another process may be making its keys in that folder just now; that takes no time."""


def recover(learn: Callable[[Iterable[Secret]], None] = lambda secrets: None) -> tuple[str, ...]:
    """Settle every file of every journal; answers a line for each thing done or left.

    What was kept for a file that was not yet replaced is forgotten; for one that was, the journal is put right.
    """
    said: list[str] = []
    # The file of variables is only written under the lock that we hold: what lies beside it is a killed run's.
    sweep(places.config_dir(), older_than_s=_MACHINE_KEY_TAKES_S)
    for journal in journals():
        for number, note in enumerate(journal.files):
            try:
                leftover = temporary_path(note.real, f"{journal.id}-{number}")
                if os.path.lexists(leftover):
                    os.unlink(leftover)
                    said.append(f"removed a temporary file beside {note.path}")
                if note.state in (State.PLANNED, State.UNDOING):
                    said.append(_settle(journal, note, learn))
            except UnsprawlError as error:
                said.append(f"{note.path}: a run that was killed cannot be settled now ({error.message})")
            except OSError as error:
                said.append(f"{note.path}: a temporary file beside it cannot be removed ({error.strerror})")
    return tuple(said)


def _settle(journal: Journal, note: FileNote, learn: Callable[[Iterable[Secret]], None]) -> str:
    """Bring the journal in line with the file. Where the file tells nothing, everything stays as it is."""
    decoded = decode(read_whole(note.real))
    kept = kept_for(note)
    if kept is not None:
        learn(Secret(text) for _, _, text in kept["secrets"])
    if is_before(note, decoded, kept):
        return _was_not_changed(journal, note, kept)
    if is_after(note, decoded) or (kept is not None and entries_as_left(data_now(note, decoded), kept)):
        note.state = State.DONE
        journal.save()
        return f"{note.path} had been migrated when a run was killed: `unsprawl undo` can take it back"
    # The host wrote into it meanwhile.
    if secrets_stand(decoded, kept) if kept is not None else not any(_is_there(note, item) for item in _items(note)):
        return _was_not_changed(journal, note, kept)
    return f"{note.path} changed after a run was killed; what was kept for it stays in the store"


def _was_not_changed(journal: Journal, note: FileNote, kept: Kept | None) -> str:
    forget(note, values_replaced(note, kept))
    note.state = State.ROLLED_BACK if note.state is State.PLANNED else State.UNDONE
    journal.save()
    return f"{note.path} is as it was before a run that was killed"


def _items(note: FileNote) -> list[str]:
    return [item for entry in note.entries for item in entry.items]


def _is_there(note: FileNote, item: str) -> bool:
    try:
        withdraw(note.store, item)
    except SecretMissing:
        return False
    return True
