"""Settle what a killed run left behind, before anything else is changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from unsprawl.rewriters import value_folder
from unsprawl.rewriters.forget import forget
from unsprawl.rewriters.journal import BranchState, FileNote, Journal, State, folder, journals
from unsprawl.rewriters.outcome import said
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
from unsprawl.vault import env_file, places
from unsprawl.vault.files import sweep
from unsprawl.vault.service import withdraw

_WRITING_TAKES_S = 5.0
"""Another process may be writing a key, an item or a record there just now; that takes no time."""


def recover(learn: Callable[[Iterable[Secret]], None] = lambda secrets: None) -> tuple[str, ...]:
    """Settle every file of every journal; answers a line for each thing done or left.

    What was kept for a file that was not yet replaced is forgotten; for one that was, the journal is put right.
    """
    told: list[str] = []
    # These are only written under the lock that we hold: what lies beside them is a killed run's.
    sweep(env_file.path().parent, older_than_s=0, beside=env_file.path().name)
    sweep(folder(), older_than_s=0)
    sweep(value_folder.folder(), older_than_s=0)
    for shared in (places.config_dir(), places.items_dir(), places.records_dir()):
        sweep(shared, older_than_s=_WRITING_TAKES_S)
    for journal in journals():
        for note in journal.files:
            for file in {entry.file for entry in note.entries if entry.file is not None}:
                sweep(Path(file).parent, older_than_s=0, beside=f"{Path(file).name}-")
            try:
                told += _sweep_beside(journal, note)
                if note.state in (State.PLANNED, State.UNDOING):
                    told.append(settle_file(journal, note, learn))
            except UnsprawlError as error:
                told.append(f"{note.path}: a run that was killed cannot be settled now ({said(error)})")
            except OSError as error:
                told.append(f"{note.path}: a temporary file beside it cannot be removed ({error.strerror})")
        told += _settle_branch(journal, learn)
    return tuple(told)


def _settle_branch(journal: Journal, learn: Callable[[Iterable[Secret]], None]) -> tuple[str, ...]:
    """What a killed run left of a commit and its branch."""
    if journal.branch is None or journal.branch.state in (BranchState.UNDONE, BranchState.ROLLED_BACK):
        return ()
    from unsprawl.rewriters.branches.back import settle  # GitPython: most migrations made no commit

    try:
        return settle(journal, learn)
    except UnsprawlError as error:
        return (f"{journal.branch.top}: a run that was killed cannot be settled now ({said(error)})",)


def _sweep_beside(journal: Journal, note: FileNote) -> Iterator[str]:
    """Remove the temporary file of a killed run, or put it back: it may be what the host wrote last, see `exchange`."""
    leftover = temporary_path(note.real, journal.label(note))
    if not os.path.lexists(leftover):
        return
    if note.live and _was_taken_out(note, leftover):
        os.replace(leftover, note.real)
        yield f"put back what its host had written into {note.path} when a run was killed"
    else:
        os.unlink(leftover)
        yield f"removed a temporary file beside {note.path}"


def _was_taken_out(note: FileNote, leftover: str) -> bool:
    """Whether the file beside was in the place of ours and holds something newer than what we knew."""
    beside = decode(read_whole(leftover))
    if not os.path.lexists(note.real):
        return data_now(note, beside) is not None
    stands, kept = decode(read_whole(note.real)), kept_for(note)
    match note.state:
        case State.PLANNED:
            return is_after(note, stands) and not is_before(note, beside, kept) and data_now(note, beside) is not None
        case State.UNDOING if kept is not None:
            back = is_before(note, stands, kept) or secrets_stand(stands, kept)
            return back and not is_after(note, beside) and entries_as_left(data_now(note, beside), kept)
        case _:
            return False


def settle_file(journal: Journal, note: FileNote, learn: Callable[[Iterable[Secret]], None]) -> str:
    """Bring the journal in line with the file, answers what was done. Where the file tells nothing, everything stays as
    it is. Raises UnsprawlError."""
    decoded = decode(read_whole(note.real))
    kept = kept_for(note)
    if kept is not None:
        learn(Secret(text) for _, _, text in kept["secrets"])
    if is_before(note, decoded, kept):
        return _was_not_changed(journal, note, kept)
    back = frozenset(entry.pointer for entry in note.entries if entry.put_back)
    if is_after(note, decoded) or (kept is not None and entries_as_left(data_now(note, decoded), kept, back)):
        note.state = State.DONE
        journal.save()
        return f"{note.path} had been migrated when a run was killed: `unsprawl undo` can take it back"
    # The host wrote into it meanwhile.
    if secrets_stand(decoded, kept) if kept is not None else not any(_is_there(note, item) for item in _items(note)):
        return _was_not_changed(journal, note, kept)
    return f"{note.path} changed after a run was killed; what was kept for it stays in the store"


def _was_not_changed(journal: Journal, note: FileNote, kept: Kept | None) -> str:
    left = forget(note, values_replaced(note, kept))
    note.state = State.ROLLED_BACK if note.state is State.PLANNED else State.UNDONE
    journal.save()
    return "; ".join([f"{note.path} is as it was before a run that was killed", *left])


def _items(note: FileNote) -> list[str]:
    return [item for entry in note.entries for item in entry.items]


def _is_there(note: FileNote, item: str) -> bool:
    try:
        withdraw(note.store, item)
    except SecretMissing:
        return False
    return True
