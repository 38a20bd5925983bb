"""Everything of ours that still holds a secret: vault records, variables of migrations, what is kept for undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from unsprawl.rewriters.deposits import deposit_of
from unsprawl.rewriters.deposits import key as deposit_key
from unsprawl.rewriters.journal import FileNote, Journal, journal_files, read_journal
from unsprawl.rewriters.standing import kept_for
from unsprawl.rewriters.variable_file import variable_in
from unsprawl.scanner.errors import SecretMissing, UnsprawlError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.vault.oauth_item import secrets_of
from unsprawl.vault.records import Record, read_record, record_files
from unsprawl.vault.service import withdraw

CODE = "not-looked-into"
_SHORT = 16
"""A shorter value counts only where it is the whole of a text, since it may be part of anything."""


class Kind(StrEnum):
    """What holds it."""

    VAULT = "vault"
    VARIABLE = "variable"
    BROKER = "broker"
    """A broker of others, which was given it; whether it was replaced there since is not asked."""
    UNDO = "undo"

    @property
    def depends(self) -> bool:
        """Whether something stops working with it."""
        return self is not Kind.UNDO


class Holder(NamedTuple):
    """One place of ours with one text."""

    kind: Kind
    name: str
    """The vault record, the variable, or the migration that `undo` takes back."""
    entry: str
    secret: Secret
    variable: str = ""
    """What the server reads it from, as far as that is known."""
    path: str = ""
    """The file whose entry it is for, where that is known, and the entry's pointer there."""
    pointer: str = ""
    how: str = ""
    """For people: the file that a variable is in."""

    def holds(self, secret: Secret) -> bool:
        """Whether it is there."""
        text = secret.reveal()
        return self.secret == secret or (len(text) >= _SHORT and text in self.secret.reveal())

    def __repr__(self) -> str:
        return f"Holder({self.kind.value})"


def holders() -> tuple[list[Holder], list[Problem]]:
    """All of them, and what could not be looked into."""
    found: list[Holder] = []
    problems: list[Problem] = []
    read_from: dict[str, str] = {}  # by the vault's item: a value that no rule knows is known by its variable alone
    for path in record_files():
        try:
            record = read_record(path)
            read_from |= {item: variable for variable, item in record.variables}
            found += _of_record(record)
        except UnsprawlError as error:
            problems.append(Problem(str(path), CODE, error.message, error.hint))
    for path in journal_files():
        try:
            journal = read_journal(path)
        except UnsprawlError as error:
            problems.append(Problem(str(path), CODE, error.message, error.hint))
            continue
        for note in journal.files:
            if note.state.holds:
                try:
                    found += _of_note(journal, note, read_from)
                except UnsprawlError as error:
                    problems.append(Problem(note.path, CODE, error.message, error.hint))
    return found, problems


def _of_record(record: Record) -> Iterator[Holder]:
    logged_in = {name for name, _ in record.oauth}
    for variable, item in record.variables:
        if variable not in logged_in:
            try:
                secret = withdraw(record.store, item)
            except SecretMissing:
                continue
            yield Holder(Kind.VAULT, record.ref, record.entry, secret, variable)
    for secret in secrets_of(record) if logged_in else ():
        yield Holder(Kind.VAULT, record.ref, record.entry, secret)


def _of_note(journal: Journal, note: FileNote, read_from: Mapping[str, str]) -> Iterator[Holder]:
    names: dict[str, tuple[str, str, str]] = {}
    brokered: dict[str, str] = {}
    for entry in note.entries:
        if entry.put_back:
            continue
        for item in entry.items:
            names[item] = entry.entry, read_from.get(item, ""), entry.pointer
        given = deposit_of(entry)
        if given is not None:
            for bound in given.bounds:
                key = deposit_key(entry, bound.variable)
                names[key], brokered[key] = (entry.entry, bound.variable, entry.pointer), given.broker
        for key, name in entry.keys.items():
            names[key] = entry.entry, name, entry.pointer
            secret = variable_in(entry.file, name)
            if secret is not None:
                where = entry.file or "the shell's variables"
                yield Holder(Kind.VARIABLE, name, entry.entry, secret, name, note.path, entry.pointer, where)
    kept = kept_for(note)
    if kept is None:
        return
    only = note.entries[0] if len(note.entries) == 1 else None
    for key, text in kept["values"].items():
        entry_name, variable, pointer = names.get(key, ("", "", only.pointer if only else ""))
        if key in brokered:
            yield Holder(Kind.BROKER, brokered[key], entry_name, Secret(text), variable, note.path, pointer)
        yield Holder(Kind.UNDO, journal.id, entry_name, Secret(text), variable, note.path, pointer)
    for _, _, text in kept["secrets"]:
        yield Holder(
            Kind.UNDO, journal.id, only.entry if only else "", Secret(text), "", note.path, only.pointer if only else ""
        )
