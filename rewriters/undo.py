"""Take a migration back: to the byte, or entry by entry where the file has changed since."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable
from typing import Any

from unsprawl.rewriters.blank import blanked_digest
from unsprawl.rewriters.editable import editable
from unsprawl.rewriters.forget import forget, forget_entries
from unsprawl.rewriters.inverse import value_at
from unsprawl.rewriters.journal import EntryNote, FileNote, Journal, State
from unsprawl.rewriters.live import pauses, stays
from unsprawl.rewriters.offers import Offer, offers, told
from unsprawl.rewriters.operations import carry_out, changed, plain, take_back
from unsprawl.rewriters.outcome import Outcome, Status, said
from unsprawl.rewriters.replace_file import FileChanged, Watch, read_whole, replace, unwatched
from unsprawl.rewriters.standing import (
    Kept,
    data_now,
    is_after,
    is_before,
    kept_for,
    values_replaced,
)
from unsprawl.rewriters.variable_file import variable_in
from unsprawl.scanner.errors import NotApplied, UnsprawlError
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.formats.node import Edit, Span, pointer
from unsprawl.scanner.formats.text import Decoded, decode
from unsprawl.scanner.secret import Secret
from unsprawl.vault.service import withdraw

EXACTLY = "as it was before, to the byte"
BY_DATA = "the file has changed since, so only this entry was put back"
MOVED = "the entry was changed or moved since its migration, so it is not put back"


Accept = Callable[[Offer], bool]
"""Shown what can be put back of an entry that was changed since; answers whether to do it."""


def undo(
    journal: Journal,
    *,
    watch: Watch = unwatched,
    learn: Callable[[Iterable[Secret]], None] = lambda secrets: None,
    accept: Accept | None = None,
) -> tuple[Outcome, ...]:
    """Put every file of a migration back as it was, last one first. `learn` is given each value before it is used.

    Without `accept` entries that were changed since are left alone.
    """
    outcomes: list[Outcome] = []
    for note in reversed(journal.files):
        if note.state not in (State.DONE, State.UNDOING):
            continue
        try:
            outcomes += _undo_file(journal, note, watch, learn, accept)
        except UnsprawlError as error:
            outcomes += _outcomes(note, "failed", said(error))
    return tuple(outcomes)


def branch_back(journal: Journal) -> tuple[str, ...]:
    """After `undo`, for a migration that was made as a commit: what becomes of its branch, a sentence for each thing
    done or left. Never raises for what git says.
    """
    if journal.branch is None:
        return ()
    from unsprawl.rewriters.branches.back import take_back  # GitPython: most migrations made no commit

    try:
        return take_back(journal)
    except UnsprawlError as error:
        return (f"{journal.branch.top}: the branch {journal.branch.name} stays ({said(error)})",)


def _undo_file(
    journal: Journal,
    note: FileNote,
    watch: Watch,
    learn: Callable[[Iterable[Secret]], None],
    accept: Accept | None,
) -> list[Outcome]:
    """Put one file back, once more where its host writes it meanwhile; answers how exactly."""
    accept = _once(accept) if accept is not None else None
    for pause_s in pauses(live=note.live):
        try:
            return _attempt(journal, note, watch, learn, accept)
        except FileChanged:
            if pause_s is None:
                raise
            time.sleep(pause_s)
    raise AssertionError("the last pause is None")


def _once(accept: Accept) -> Accept:
    """Nobody is asked the same again because a host has written its file meanwhile."""
    answers: dict[tuple[str, tuple[str, ...], tuple[str, ...]], bool] = {}

    def asked(offer: Offer) -> bool:
        what = offer.entry.pointer, offer.fields, offer.differing
        if what not in answers:
            answers[what] = accept(offer)
        return answers[what]

    return asked


def _attempt(
    journal: Journal,
    note: FileNote,
    watch: Watch,
    learn: Callable[[Iterable[Secret]], None],
    accept: Accept | None,
) -> list[Outcome]:
    real = editable(note.path, note.root)
    data = read_whole(real)
    decoded = decode(data)
    learn([*_values(note)])
    kept = kept_for(note)
    if is_before(note, decoded, kept):  # somebody, or a killed run, has put the very same back
        entries = _outcomes(note, "restored", EXACTLY)
        return _with(entries, _settled(journal, note, watch, kept))
    if kept is not None:
        learn(Secret(text) for text in kept["values"].values())
    if kept is None:
        raise NotApplied(f"{note.path}: what was kept for undoing is gone from the store")
    if is_after(note, decoded):
        before = _exact(note, decoded.text, kept["exact"])
        entries = _outcomes(note, "restored", EXACTLY)
        back = list(note.entries)
    else:
        before, entries, back = _by_data(note, decoded.text, kept, accept)
    after = decoded.encode(before)
    if len(back) < sum(not entry.put_back for entry in note.entries):
        # The rest of the file stays migrated: for the journal it is done still.
        if before != decoded.text:
            replace(real, data, after, journal.label(note), watch, live=note.live)
            watch("entries restored")
            if note.live and not stays(
                real, after, lambda content: _are_back(content, note, back, kept, decoded, after)
            ):
                raise _written_over(note)
        return _with(entries, _put_back(journal, note, back, kept))
    watch("journal undoing")
    note.state = State.UNDOING
    journal.save()
    replace(real, data, after, journal.label(note), watch, live=note.live)
    watch("file restored")
    if note.live and not stays(real, after, lambda content: _are_back(content, note, back, kept, decoded, after)):
        note.state = State.DONE
        journal.save()
        raise _written_over(note)
    return _with(entries, _settled(journal, note, watch, kept))


def _with(entries: list[Outcome], left: str) -> list[Outcome]:
    """The same, with what was left behind."""
    return [dataclasses.replace(each, reason=f"{each.reason}; {left}") for each in entries] if left else entries


def _are_back(
    content: bytes, note: FileNote, back: Iterable[EntryNote], kept: Kept, before: Decoded, after: bytes
) -> bool | None:
    """Whether entries that were put back into a file are in it; surely not where one is again as it was before that."""
    now, was, wanted = (data_now(note, each) for each in (decode(content), before, decode(after)))
    if now is None:
        return None
    pointers = {entry.pointer for entry in back}
    paths = [tuple(path) for path, _ in kept["entries"] if pointer(tuple(path)) in pointers]
    changed_ones = [path for path in paths if value_at(was, path) != value_at(wanted, path)]
    try:
        return all(value_at(now, path) != value_at(was, path) for path in changed_ones)
    except (KeyError, IndexError, TypeError):
        return None


def _written_over(note: FileNote) -> FileChanged:
    return FileChanged(f"{note.path}: its host wrote its own copy over it", hint="Close it, then undo.")


def _exact(note: FileNote, text: str, batches: list[Any]) -> str:
    """The old text, to the character."""
    try:
        before = take_back(text, [[Edit(Span(*span), old) for span, old in batch] for batch in batches])
    except ValueError:
        raise NotApplied(f"{note.path}: what was kept for undoing does not fit the file") from None
    if blanked_digest(before, note.blanks_before) != note.digest_before:
        raise NotApplied(f"{note.path} could not be put back exactly, so nothing was done")
    return before


def _by_data(
    note: FileNote, text: str, kept: Kept, accept: Accept | None
) -> tuple[str, list[Outcome], list[EntryNote]]:
    """The file as it is now, with the migrated entries as they were, as far as nobody changed these, or as accepted.

    Answers the text, what became of each entry, and those of which nothing stays migrated.
    """
    codec = editing_codec_for(note.format)
    if codec is None:
        raise NotApplied(f"{note.path}: the journal names a kind of file that is not edited")
    parsed = codec.parse(text)
    if parsed.root is None or parsed.flaws:
        raise NotApplied(f"{note.path} is not in order any more", hint="Repair it first, then undo.")
    now = plain(parsed.root)
    outcomes: list[Outcome] = []
    back: list[EntryNote] = []
    accepted: list[Offer] = []
    for offer in offers(note, now, kept):
        status, reason = _answer(offer, accept)
        outcomes.append(_outcome(note, offer.entry, status, reason))
        if status in ("restored", "todo"):
            accepted.append(offer)
        if status == "restored":
            back.append(offer.entry)
    # In the order in which they were made: the later change of a migration goes first.
    operations = [operation for offer in reversed(accepted) for operation in offer.operations]
    before = carry_out(codec, text, operations).text
    again = codec.parse(before)
    if again.root is None or again.flaws or plain(again.root) != changed(now, operations):
        raise NotApplied(f"{note.path} could not be put back, so nothing was done")
    return before, outcomes, back


def _answer(offer: Offer, accept: Accept | None) -> tuple[Status, str]:
    """What is done about one entry, and why."""
    if offer.as_left:
        return "restored", BY_DATA
    if offer.missing:
        return "failed", f"{MOVED}: there is no such entry any more. Its value is still kept"
    if offer.whole and not offer.operations:
        return "restored", "it had been put back already"
    if not offer.operations:
        return "failed", f"{MOVED} (changed: {', '.join(offer.differing)}). Its value is still kept"
    if accept is None:
        return "failed", f"{MOVED}, though {'; '.join(told(offer))}"
    if not accept(offer):
        return "skipped", "left as it is"
    if offer.whole:
        return "restored", f"the entry has changed since, so only this was put back: {', '.join(offer.fields)}"
    return "todo", f"put back: {', '.join(offer.fields)}; changed since, so it stays: {', '.join(offer.differing)}"


def _put_back(journal: Journal, note: FileNote, back: Iterable[EntryNote], kept: Kept) -> str:
    """Write down that these entries are back, then forget what was kept for them; answers what is left of it."""
    entries = list(back)
    replaced = values_replaced(note, kept)
    for entry in entries:
        entry.put_back = True
    if not entries:
        return ""
    journal.save()
    return "; ".join(forget_entries(note, entries, replaced))


def _settled(journal: Journal, note: FileNote, watch: Watch, kept: Kept | None) -> str:
    """The file is as before: what was kept for it may go, but for values replaced since; answers where those are."""
    watch("forget")
    replaced = values_replaced(note, kept)
    left = forget(note, replaced)
    watch("journal undone")
    note.state = State.UNDONE
    journal.save()
    refs = [entry.ref for entry in note.entries if entry.ref and replaced & set(entry.items)]
    newer = ", ".join([*refs, *(key for key in sorted(replaced) if any(key in e.keys for e in note.entries))])
    return "; ".join([*([f"a newer value stays with `{newer}`"] if newer else []), *left])


def _values(note: FileNote) -> Iterable[Secret]:
    for entry in note.entries:
        for item in entry.items:
            try:
                yield withdraw(note.store, item)
            except UnsprawlError:
                continue  # rotated away or removed by hand: then there is nothing to hide either
        for name in entry.variables:
            value = variable_in(entry.file, name)
            if value is not None:
                yield value


def _outcomes(note: FileNote, status: Status, reason: str) -> list[Outcome]:
    return [_outcome(note, entry, status, reason) for entry in note.entries if not entry.put_back]


def _outcome(note: FileNote, entry: EntryNote, status: Status, reason: str) -> Outcome:
    return Outcome(note.path, entry.pointer, tuple(entry.hosts), entry.entry, entry.target, status, reason)
