"""Take a migration back, to the byte; and settle what a killed run left behind."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable

from unsprawl.rewriters.apply import Outcome, forget
from unsprawl.rewriters.blank import blanked_digest
from unsprawl.rewriters.journal import FileNote, Journal, State, journals
from unsprawl.rewriters.operations import take_back
from unsprawl.rewriters.replace_file import Watch, editable, read_whole, replace, temporary_path, unwatched
from unsprawl.scanner.errors import NotApplied, UnsprawlError
from unsprawl.scanner.formats.node import Edit, Span
from unsprawl.scanner.formats.text import Decoded, decode
from unsprawl.scanner.secret import Secret
from unsprawl.vault import env_file
from unsprawl.vault.service import withdraw


def undo(
    journal: Journal,
    *,
    watch: Watch = unwatched,
    learn: Callable[[Iterable[Secret]], None] = lambda secrets: None,
) -> tuple[Outcome, ...]:
    """Put every file of a migration back as it was, last one first. `learn` is given each value before it is used."""
    outcomes: list[Outcome] = []
    for number, note in reversed(list(enumerate(journal.files))):
        if note.state not in (State.DONE, State.UNDOING):
            continue
        try:
            _undo_file(journal, note, f"{journal.id}-{number}", watch, learn)
            outcomes += _outcomes(note, "restored", "as it was before")
        except UnsprawlError as error:
            outcomes += _outcomes(note, "failed", error.message)
    return tuple(outcomes)


def _undo_file(
    journal: Journal, note: FileNote, label: str, watch: Watch, learn: Callable[[Iterable[Secret]], None]
) -> None:
    real = editable(note.path, note.root)
    data = read_whole(real)
    decoded = decode(data)
    if not _is_after(note, decoded):
        if _is_before(note, decoded):  # killed after the file was put back, before the journal was
            _settled(journal, note, watch)
            return
        raise NotApplied(f"{note.path} changed since the migration, so it cannot be put back as a whole")
    reversal = withdraw(note.store, note.reversal)
    learn([reversal, *_values(note)])
    edits = [[Edit(Span(*span), text) for span, text in batch] for batch in json.loads(reversal.reveal())]
    try:
        before = take_back(decoded.text, edits)
    except ValueError:
        raise NotApplied(f"{note.path}: what was kept for undoing does not fit the file") from None
    if blanked_digest(before, note.blanks_before) != note.digest_before:
        raise NotApplied(f"{note.path} could not be put back exactly, so nothing was done")
    watch("journal undoing")
    note.state = State.UNDOING
    journal.save()
    replace(real, data, decoded.encode(before), label, watch)
    watch("file restored")
    _settled(journal, note, watch)


def _settled(journal: Journal, note: FileNote, watch: Watch) -> None:
    """The file is as before: what was kept for it may go, except variables that another migration names too."""
    needed = {
        name
        for other in journals()
        for file in other.files
        if file.state is State.DONE and (other.id != journal.id or file is not note and file.path != note.path)
        for entry in file.entries
        for name in entry.variables
    }
    for entry in note.entries:
        entry.variables = [name for name in entry.variables if name not in needed]
    watch("forget")
    forget(note)
    watch("journal undone")
    note.state = State.UNDONE
    journal.save()


def recover(learn: Callable[[Iterable[Secret]], None] = lambda secrets: None) -> tuple[str, ...]:
    """Settle runs that were killed; answers a line for each thing done or left.

    A file that was not yet replaced: what was kept for it is forgotten. One that was: the journal is brought up to date.
    """
    said: list[str] = []
    for journal in journals():
        for number, note in enumerate(journal.files):
            leftover = temporary_path(note.real, f"{journal.id}-{number}")
            if os.path.lexists(leftover):
                os.unlink(leftover)
                said.append(f"removed a temporary file beside {note.path}")
            if note.state not in (State.PLANNED, State.UNDOING):
                continue
            try:
                decoded = decode(read_whole(note.real))
            except NotApplied:
                said.append(f"{note.path} is gone, and migration {journal.id} was not finished")
                continue
            if _is_after(note, decoded):
                note.state = State.DONE
                journal.save()
                said.append(f"{note.path} had been migrated when a run was killed: `unsprawl undo` can take it back")
            elif _is_before(note, decoded):
                forget(note)
                note.state = State.ROLLED_BACK if note.state is State.PLANNED else State.UNDONE
                journal.save()
                said.append(f"{note.path} is as it was before a run that was killed")
            else:
                said.append(f"{note.path} changed after a run was killed; its values are still in the vault")
    return tuple(said)


def _is_after(note: FileNote, decoded: Decoded) -> bool:
    return blanked_digest(decoded.text, note.blanks_after) == note.digest_after


def _is_before(note: FileNote, decoded: Decoded) -> bool:
    return blanked_digest(decoded.text, note.blanks_before) == note.digest_before


def _values(note: FileNote) -> Iterable[Secret]:
    for entry in note.entries:
        for item in entry.items:
            try:
                yield withdraw(note.store, item)
            except UnsprawlError:
                continue  # rotated away or removed by hand: then there is nothing to hide either
        for name in entry.variables:
            value = env_file.get_variable(name)
            if value is not None:
                yield value


def _outcomes(note: FileNote, status: str, reason: str) -> list[Outcome]:
    assert status in ("restored", "failed")
    return [
        Outcome(note.path, entry.pointer, tuple(entry.hosts), entry.entry, entry.target, status, reason)  # type: ignore[arg-type]
        for entry in note.entries
    ]
