"""How every migration of this machine stands today: its files, its entries, the keys that are still to be replaced.

Reads only; what a crash left is settled before, by `recover`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from unsprawl.rewriters.inverse import value_at
from unsprawl.rewriters.journal import BranchState, EntryNote, FileNote, Journal, State, journal_files, read_journal
from unsprawl.rewriters.outcome import said
from unsprawl.rewriters.replace_file import read_whole
from unsprawl.rewriters.revoked import Memory, memory_or_none, revoked_values
from unsprawl.rewriters.standing import Kept, data_now, is_after, is_before, kept_for, values_replaced
from unsprawl.scanner.errors import NotApplied, UnsprawlError
from unsprawl.scanner.formats.node import Value, pointer
from unsprawl.scanner.formats.text import Decoded, decode
from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple


class Standing(StrEnum):
    """What became of a file or of an entry."""

    DONE = "done"
    """As the migration left it."""
    MOVED_ON = "moved-on"
    """A file that changed since, with its migrated entries as they were left."""
    CHANGED = "changed"
    """An entry that changed since, or a file with such a one: `undo` offers what of it can be put back."""
    GONE = "gone"
    UNREADABLE = "unreadable"
    PUT_BACK = "put-back"
    """As it was before the migration, though the journal does not say so: by hand, or by a single edit of `undo`."""
    UNKNOWN = "unknown"
    """The store with what was kept cannot be asked."""
    INTERRUPTED = "interrupted"
    """A run was killed, and what it left cannot be settled."""
    ROLLED_BACK = "rolled-back"
    UNDONE = "undone"

    @property
    def unsettled(self) -> bool:
        """Whether nobody can tell now how it stands."""
        return self in (Standing.UNREADABLE, Standing.UNKNOWN, Standing.INTERRUPTED)


class EntryStatus(NamedTuple):
    """One entry of a migration."""

    note: EntryNote
    state: Standing
    rotate: tuple[tuple[str, str], ...]
    """(what it is, page or "") of its keys that stood in a file and were not replaced since, as far as is known."""


class FileStatus(NamedTuple):
    """One file of a migration."""

    note: FileNote
    state: Standing
    entries: tuple[EntryStatus, ...]
    reason: str = ""
    """What keeps it from being told, for people."""


class MigrationStatus(NamedTuple):
    """One migration."""

    journal: Journal
    files: tuple[FileStatus, ...]
    branch: str = ""
    """What has become of the branch that it was committed on, see `branches.back.BranchStanding`; "" for none."""


def status() -> Iterator[MigrationStatus | Problem]:
    """Every migration, oldest first; a journal that cannot be read is a problem, and hides no other one."""
    memory = memory_or_none()
    for path in journal_files():
        try:
            journal = read_journal(path)
        except UnsprawlError as error:
            yield Problem(str(path), "journal", error.message, error.hint)
            continue
        yield MigrationStatus(journal, tuple(_file(note, memory) for note in journal.files), _branch(journal))


def _branch(journal: Journal) -> str:
    if journal.branch is None or journal.branch.state is not BranchState.MADE:
        return ""
    from unsprawl.rewriters.branches.back import standing  # GitPython: most migrations made no commit

    return standing(journal.branch).value


_SETTLED = {State.ROLLED_BACK: Standing.ROLLED_BACK, State.UNDONE: Standing.UNDONE}


def _file(note: FileNote, memory: Memory | None) -> FileStatus:
    settled = _SETTLED.get(note.state)
    if settled is not None:
        return _alike(note, settled, keys=False)
    if note.state is not State.DONE:
        return _alike(note, Standing.INTERRUPTED, reason="a run was killed here, and this file does not tell how far")
    try:
        kept, reason = kept_for(note), ""
        replaced = values_replaced(note, kept, ask_brokers=False) | revoked_values(note, kept, memory)
    except UnsprawlError as error:
        kept, reason, replaced = None, said(error), frozenset[str]()
    if not os.path.lexists(note.path):
        return _alike(note, Standing.GONE, replaced=replaced)
    try:
        decoded = decode(read_whole(note.real))
    except NotApplied as error:
        return _alike(note, Standing.UNREADABLE, replaced=replaced, reason=said(error))
    if is_after(note, decoded):
        return _alike(note, Standing.DONE, replaced=replaced, reason=reason)
    if kept is None:
        reason = reason or "what was kept for undoing is gone from the store"
        return _alike(note, Standing.UNKNOWN, replaced=replaced, reason=reason)
    if is_before(note, decoded, kept):
        return _alike(note, Standing.PUT_BACK, keys=False)
    return _entry_by_entry(note, decoded, kept, replaced)


def _alike(
    note: FileNote,
    state: Standing,
    *,
    replaced: frozenset[str] = frozenset(),
    reason: str = "",
    keys: bool = True,
) -> FileStatus:
    """A file whose entries all stand as it does."""
    entries = (EntryStatus(each, state, _to_rotate(each, replaced) if keys else ()) for each in note.entries)
    return FileStatus(note, state, tuple(entries), reason)


def _entry_by_entry(note: FileNote, decoded: Decoded, kept: Kept, replaced: frozenset[str]) -> FileStatus:
    now = data_now(note, decoded)
    left = {pointer(tuple(path)): (tuple(path), value) for path, value in kept["entries"]}
    entries = []
    for each in note.entries:
        state = Standing.PUT_BACK if each.put_back else _entry(now, *left.get(each.pointer, ((), None)))
        keys = () if state is Standing.PUT_BACK else _to_rotate(each, replaced)
        entries.append(EntryStatus(each, state, keys))
    as_left = all(each.state in (Standing.DONE, Standing.PUT_BACK) for each in entries)
    return FileStatus(note, Standing.MOVED_ON if as_left else Standing.CHANGED, tuple(entries))


def _entry(now: Value, path: tuple[Any, ...], value: Value) -> Standing:
    try:
        found = value_at(now, path)
    except (KeyError, IndexError, TypeError):
        return Standing.GONE
    return Standing.DONE if found == value else Standing.CHANGED


def _to_rotate(note: EntryNote, replaced: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The keys of an entry, unless every value that was moved has been replaced or revoked since."""
    values = {*note.items, *note.keys} or {note.pointer}
    if values and values <= replaced:
        return ()
    return tuple((what, page) for what, page in note.rotate)
