"""Take a migration back, to the byte."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from unsprawl.rewriters.blank import blanked_digest
from unsprawl.rewriters.editable import editable
from unsprawl.rewriters.forget import forget
from unsprawl.rewriters.inverse import from_json
from unsprawl.rewriters.journal import FileNote, Journal, State
from unsprawl.rewriters.live import pauses, stays
from unsprawl.rewriters.operations import carry_out, changed, plain, take_back
from unsprawl.rewriters.outcome import Outcome, Status, said
from unsprawl.rewriters.replace_file import FileChanged, Watch, read_whole, replace, unwatched
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
from unsprawl.scanner.errors import NotApplied, UnsprawlError
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.formats.node import Edit, Span
from unsprawl.scanner.formats.text import decode
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
    for note in reversed(journal.files):
        if note.state not in (State.DONE, State.UNDOING):
            continue
        try:
            how = _undo_file(journal, note, watch, learn)
            outcomes += _outcomes(note, "restored", how)
        except UnsprawlError as error:
            outcomes += _outcomes(note, "failed", said(error))
    return tuple(outcomes)


def _undo_file(journal: Journal, note: FileNote, watch: Watch, learn: Callable[[Iterable[Secret]], None]) -> str:
    """Put one file back, once more where its host writes it meanwhile; answers how exactly."""
    for pause_s in pauses(live=note.live):
        try:
            return _attempt(journal, note, watch, learn)
        except FileChanged:
            if pause_s is None:
                raise
            time.sleep(pause_s)
    raise AssertionError("the last pause is None")


def _attempt(journal: Journal, note: FileNote, watch: Watch, learn: Callable[[Iterable[Secret]], None]) -> str:
    real = editable(note.path, note.root)
    data = read_whole(real)
    decoded = decode(data)
    learn([*_values(note)])
    kept = kept_for(note)
    if is_before(note, decoded, kept):  # somebody, or a killed run, has put the very same back
        _settled(journal, note, watch, kept)
        return EXACTLY
    if kept is None:
        raise NotApplied(f"{note.path}: what was kept for undoing is gone from the store")
    if is_after(note, decoded):
        before, how = _exact(note, decoded.text, kept["exact"]), EXACTLY
    else:
        before, how = _by_data(note, decoded.text, kept), BY_DATA
    watch("journal undoing")
    note.state = State.UNDOING
    journal.save()
    replace(real, data, decoded.encode(before), journal.label(note), watch, live=note.live)
    watch("file restored")
    if note.live and not stays(real, decoded.encode(before), lambda content: _is_back(content, note, kept)):
        note.state = State.DONE
        journal.save()
        raise FileChanged(f"{note.path}: its host wrote its own copy over it", hint="Close it, then undo.")
    replaced = _settled(journal, note, watch, kept)
    return f"{how}; a newer value stays with `{replaced}`" if replaced else how


def _is_back(content: bytes, note: FileNote, kept: Kept) -> bool | None:
    """Whether the old values are in the file. Only where all entries are as migrated it surely is not so."""
    decoded = decode(content)
    data = data_now(note, decoded)
    if data is None:
        return None
    return secrets_stand(decoded, kept) or not entries_as_left(data, kept)


def _exact(note: FileNote, text: str, batches: list[Any]) -> str:
    """The old text, to the character."""
    try:
        before = take_back(text, [[Edit(Span(*span), old) for span, old in batch] for batch in batches])
    except ValueError:
        raise NotApplied(f"{note.path}: what was kept for undoing does not fit the file") from None
    if blanked_digest(before, note.blanks_before) != note.digest_before:
        raise NotApplied(f"{note.path} could not be put back exactly, so nothing was done")
    return before


def _by_data(note: FileNote, text: str, kept: Kept) -> str:
    """The file as it is now, with the migrated entries as they were; only while nobody changed these."""
    codec = editing_codec_for(note.format)
    if codec is None:
        raise NotApplied(f"{note.path}: the journal names a kind of file that is not edited")
    parsed = codec.parse(text)
    if parsed.root is None or parsed.flaws:
        raise NotApplied(f"{note.path} is not in order any more", hint="Repair it first, then undo.")
    now = plain(parsed.root)
    if not entries_as_left(now, kept):
        raise NotApplied(
            f"{note.path}: an entry was changed or moved since its migration, so it is not put back",
            hint="Its value is still kept; put the entry back as `migrate` left it, then undo.",
        )
    operations = from_json(kept["operations"])
    before = carry_out(codec, text, operations).text
    again = codec.parse(before)
    if again.root is None or again.flaws or plain(again.root) != changed(now, operations):
        raise NotApplied(f"{note.path} could not be put back, so nothing was done")
    return before


def _settled(journal: Journal, note: FileNote, watch: Watch, kept: Kept | None) -> str:
    """The file is as before: what was kept for it may go, but for values replaced since; answers where those are."""
    watch("forget")
    replaced = values_replaced(note, kept)
    forget(note, replaced)
    watch("journal undone")
    note.state = State.UNDONE
    journal.save()
    refs = [entry.ref for entry in note.entries if entry.ref and replaced & set(entry.items)]
    return ", ".join([*refs, *(name for name in sorted(replaced) if any(name in e.variables for e in note.entries))])


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
