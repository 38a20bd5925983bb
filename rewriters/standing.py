"""How a file stands to a migration: as it was before, as it was left, or changed since."""

from __future__ import annotations

import json
from typing import Any, TypeAlias, cast

from unsprawl.rewriters import deposits
from unsprawl.rewriters.blank import blanked_digest
from unsprawl.rewriters.inverse import value_at
from unsprawl.rewriters.journal import EntryNote, FileNote, State
from unsprawl.rewriters.operations import plain
from unsprawl.rewriters.variable_file import variable_in
from unsprawl.scanner.errors import SecretMissing
from unsprawl.scanner.formats.document import codec_for
from unsprawl.scanner.formats.node import Value, pointer
from unsprawl.scanner.formats.text import Decoded
from unsprawl.scanner.secret import Secret
from unsprawl.vault.service import withdraw

Kept: TypeAlias = dict[str, Any]
"""The exact old text where it differed, and the same as data: what `apply` keeps in the store."""


def kept_for(note: FileNote) -> Kept | None:
    """What the store holds for undoing, or None when it holds nothing. Raises VaultError when it cannot be asked."""
    try:
        return cast(Kept, json.loads(withdraw(note.store, note.reversal).reveal()))
    except SecretMissing:
        return None


def is_before(note: FileNote, decoded: Decoded, kept: Kept | None) -> bool:
    """Whether the file is as before, the moved secrets included: the digest leaves them out.

    In a run that was killed, nothing being kept means nothing can be lost: it is the first thing stored and the last
    one forgotten.
    """
    if blanked_digest(decoded.text, note.blanks_before) != note.digest_before:
        return False
    if kept is None:
        return note.state is not State.DONE
    return all(decoded.text[start:end] == text for start, end, text in kept["secrets"])


def is_after(note: FileNote, decoded: Decoded) -> bool:
    """Whether the file is as the migration left it."""
    return blanked_digest(decoded.text, note.blanks_after) == note.digest_after


def values_replaced(note: FileNote, kept: Kept | None, *, ask_brokers: bool = True) -> frozenset[str]:
    """The vault items and variables that hold another value than the migration put there: the key was replaced."""
    values = (kept or {}).get("values", {})
    replaced: set[str] = set()
    if (
        ask_brokers and note.state is not State.PLANNED
    ):  # what a killed run has put into a broker nobody can have replaced yet
        replaced.update(*(deposits.replaced(entry, values) for entry in note.entries if not entry.put_back))
    given = {name for entry in note.entries for name in _given(entry)}
    for name, text in values.items():
        if name in given:
            continue
        try:
            now = (
                withdraw(note.store, name)
                if any(name in e.items for e in note.entries)
                else next((variable_in(e.file, e.keys[name]) for e in note.entries if name in e.keys), None)
            )
        except SecretMissing:
            continue
        if now is not None and now != Secret(text):
            replaced.add(name)
    return frozenset(replaced)


def _given(entry: EntryNote) -> list[str]:
    """What a broker of others holds for an entry."""
    deposit = deposits.deposit_of(entry)
    return [deposits.key(entry, bound.variable) for bound in deposit.bounds] if deposit is not None else []


def data_now(note: FileNote, decoded: Decoded) -> Value:
    """The file's plain data; None when it is not in order."""
    parsed = codec_for(note.format).parse(decoded.text)
    return None if parsed.root is None or parsed.flaws else plain(parsed.root)


def entries_as_left(now: Value, kept: Kept, put_back: frozenset[str] = frozenset()) -> bool:
    """Whether every migrated entry is as the migration left it, whatever else changed.

    `put_back`: pointers of entries that an undo has put back already.
    """
    left = ((tuple(path), value) for path, value in kept["entries"])
    try:
        return all(value_at(now, path) == value for path, value in left if pointer(path) not in put_back)
    except (KeyError, IndexError, TypeError):
        return False


def secrets_stand(decoded: Decoded, kept: Kept) -> bool:
    """Whether every moved secret is still written in the file, wherever."""
    return all(text in decoded.text for _, _, text in kept["secrets"])
