"""Forget what was kept for a file that is as it was before its migration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unsprawl.rewriters import deposits
from unsprawl.rewriters.journal import EntryNote, FileNote, State, journals
from unsprawl.rewriters.variable_file import drop_variable
from unsprawl.scanner.errors import SecretMissing, UnsprawlError
from unsprawl.vault.records import delete, read_record, record_path
from unsprawl.vault.service import discard


def forget(note: FileNote, replaced: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Drop the values, the record and the variables of `note`, except variables that another file still names; answers
    what stays in brokers of others.

    `replaced`: vault items and variables that hold a newer value by now, which exists nowhere else; they stay.
    One thing that cannot be dropped does not keep the others: the first error is raised at the end. The reversal goes
    last, so that whoever comes back after a crash still finds it.
    """
    removable = _removable(note) - replaced
    errors = [error for entry in note.entries for error in _forget_entry(note, entry, removable, replaced)]
    if errors:
        raise errors[0]
    left = _take_out(note.entries, replaced)
    discard(note.store, note.reversal)
    return left


def forget_entries(note: FileNote, entries: Sequence[EntryNote], replaced: frozenset[str]) -> tuple[str, ...]:
    """The same for some entries of `note`, while others stay migrated and need theirs. Raises UnsprawlError."""
    named = {key for entry in note.entries if not entry.put_back for key in entry.keys}
    removable = _removable(note) - replaced - named
    errors = [error for entry in entries for error in _forget_entry(note, entry, removable, replaced)]
    if errors:
        raise errors[0]
    return _take_out(entries, replaced)


def _take_out(entries: Sequence[EntryNote], replaced: frozenset[str]) -> tuple[str, ...]:
    """Empty the brokers. What cannot be taken out is told, and not tried again."""
    return tuple(left for entry in entries if (left := deposits.take_out(entry, replaced)))


def _forget_entry(
    note: FileNote, entry: EntryNote, removable: frozenset[str], replaced: frozenset[str]
) -> Iterator[UnsprawlError]:
    if replaced & set(entry.items):
        return
    for drop in (_drop_record, _drop_items):
        try:
            drop(note, entry)
        except UnsprawlError as error:
            yield error
    for key, name in entry.keys.items():
        try:
            if key in removable:
                drop_variable(entry.file, name, made=_made_by_us(note, entry.file))
        except UnsprawlError as error:
            yield error


def _drop_items(note: FileNote, entry: EntryNote) -> None:
    for item in entry.items:
        discard(note.store, item)


def _drop_record(note: FileNote, entry: EntryNote) -> None:
    if entry.ref is None:
        return
    try:
        record = read_record(record_path(entry.ref, entry.project))
    except SecretMissing:
        return
    # Another migration's record of this name has other items.
    if {item for _, item in record.variables} == set(entry.items):
        delete(record)


def _removable(note: FileNote) -> frozenset[str]:
    """The variables that some migration added and no other file names any more."""
    others = [file for file in _files() if file.reversal != note.reversal]
    added = {entry.key(name) for file in (note, *others) for entry in file.entries for name in entry.added}
    named = {key for file in others if file.state.holds for entry in file.entries for key in entry.keys}
    return frozenset(added - named)


def _made_by_us(note: FileNote, file: str | None) -> bool:
    """Whether a migration made the host's file."""
    return any(entry.made and entry.file == file for each in (note, *_files()) for entry in each.entries)


def _files() -> Iterator[FileNote]:
    """Every file of every journal, but those whose migration never came about."""
    for journal in journals():
        yield from (file for file in journal.files if file.state is not State.ROLLED_BACK)
