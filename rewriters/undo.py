"""Take a migration back, to the byte; and settle what a killed run left behind."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from unsprawl.rewriters.apply import Outcome, Status, forget
from unsprawl.rewriters.blank import blanked_digest
from unsprawl.rewriters.journal import FileNote, Journal, State, journals
from unsprawl.rewriters.inverse import from_json, value_at
from unsprawl.rewriters.operations import carry_out, changed, plain, take_back
from unsprawl.rewriters.replace_file import Watch, editable, read_whole, replace, temporary_path, unwatched
from unsprawl.scanner.errors import NotApplied, UnsprawlError
from unsprawl.scanner.formats.document import codec_for
from unsprawl.scanner.formats.node import Edit, Span
from unsprawl.scanner.formats.text import Decoded, decode
from unsprawl.scanner.secret import Secret
from unsprawl.vault import env_file
from unsprawl.vault.service import withdraw

EXACTLY = "as it was before, to the byte"
BY_DATA = "the file has changed since, so only this entry was put back"


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
            how = _undo_file(journal, note, f"{journal.id}-{number}", watch, learn)
            outcomes += _outcomes(note, "restored", how)
        except UnsprawlError as error:
            outcomes += _outcomes(note, "failed", error.message)
    return tuple(outcomes)


def _undo_file(
    journal: Journal, note: FileNote, label: str, watch: Watch, learn: Callable[[Iterable[Secret]], None]
) -> str:
    """Put one file back; answers how exactly."""
    real = editable(note.path, note.root)
    data = read_whole(real)
    decoded = decode(data)
    if _is_before(note, decoded):  # killed after the file was put back, before the journal was
        _settled(journal, note, watch)
        return EXACTLY
    reversal = withdraw(note.store, note.reversal)
    learn([*_values(note)])
    kept = json.loads(reversal.reveal())
    if _is_after(note, decoded):
        before, how = _exact(note, decoded.text, kept["exact"]), EXACTLY
    else:
        before, how = _by_data(note, decoded.text, kept), BY_DATA
    watch("journal undoing")
    note.state = State.UNDOING
    journal.save()
    replace(real, data, decoded.encode(before), label, watch)
    watch("file restored")
    _settled(journal, note, watch)
    return how


def _exact(note: FileNote, text: str, batches: list[Any]) -> str:
    """The old text, to the character."""
    try:
        before = take_back(text, [[Edit(Span(*span), old) for span, old in batch] for batch in batches])
    except ValueError:
        raise NotApplied(f"{note.path}: what was kept for undoing does not fit the file") from None
    if blanked_digest(before, note.blanks_before) != note.digest_before:
        raise NotApplied(f"{note.path} could not be put back exactly, so nothing was done")
    return before


def _by_data(note: FileNote, text: str, kept: dict[str, Any]) -> str:
    """The file as it is now, with the migrated entries as they were; only while nobody changed these."""
    codec = codec_for(note.format)
    parsed = codec.parse(text)
    if parsed.root is None or parsed.flaws:
        raise NotApplied(f"{note.path} is not in order any more", hint="Repair it first, then undo.")
    now = plain(parsed.root)
    operations = from_json(kept["operations"])
    for path, value in kept["entries"]:
        try:
            same = value_at(now, tuple(path)) == value
        except (KeyError, IndexError, TypeError):
            same = False
        if not same:
            raise NotApplied(
                f"{note.path}: an entry was changed or moved since its migration, so it is not put back",
                hint="Its value is still kept; put the entry back as `migrate` left it, then undo.",
            )
    before = carry_out(codec, text, operations).text
    again = codec.parse(before)
    if again.root is None or again.flaws or plain(again.root) != changed(now, operations):
        raise NotApplied(f"{note.path} could not be put back, so nothing was done")
    return before


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


def _outcomes(note: FileNote, status: Status, reason: str) -> list[Outcome]:
    return [
        Outcome(note.path, entry.pointer, tuple(entry.hosts), entry.entry, entry.target, status, reason)
        for entry in note.entries
    ]
