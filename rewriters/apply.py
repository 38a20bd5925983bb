"""Carry out a plan: keep the values, read them back, change the file, write down how to take it back.

Order, for each file: journal, values into the vault, record, file, journal again. A crash at any point leaves the old
file or the new one, and a value is never in fewer places than before until the new file stands.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress

from unsprawl.rewriters import deposits
from unsprawl.rewriters.blank import blanked_digest, secret_spans, spans_of
from unsprawl.rewriters.exchange import Unsettled
from unsprawl.rewriters.forget import forget
from unsprawl.rewriters.inverse import to_json
from unsprawl.rewriters.journal import EntryNote, FileNote, Journal, State
from unsprawl.rewriters.launch import expanded, started_environment, variables
from unsprawl.rewriters.live import as_it_is_now, is_live, pauses, stays
from unsprawl.rewriters.outcome import Outcome, Status, said
from unsprawl.rewriters.plan import EntryStep, FilePlan, Plan
from unsprawl.rewriters.prepare import Prepared, prepare
from unsprawl.rewriters.replace_file import FileChanged, Watch, read_whole, replace, unwatched
from unsprawl.rewriters.standing import Kept, data_now, entries_as_left, secrets_stand
from unsprawl.rewriters.variable_file import add_variable, names_in, variable_in
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.errors import NotApplied, StoreUnavailable, UnsprawlError
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.formats.text import decode
from unsprawl.scanner.rotation import rotation_pages
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.binding import bind
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.records import Binding, Record, save
from unsprawl.vault.service import deposit
from unsprawl.vault.stores import Store, new_item_key


def apply(
    plan: Plan,
    journal: Journal,
    store: Store,
    around: Surroundings,
    *,
    named: bool = False,
    watch: Watch = unwatched,
) -> tuple[Outcome, ...]:
    """Carry out every step; a file that cannot be changed is left as it was and told, the others go on.

    `named`: the user named the store, so no other one takes its place.
    """
    outcomes: list[Outcome] = []
    for file in plan.files:
        try:
            _apply_file(file, journal, store, around, watch, named=named)
            notes = journal.files[-1].entries
            outcomes += [_outcome(s, "done", _where(s, note)) for s, note in zip(file.steps, notes, strict=True)]
        except UnsprawlError as error:
            outcomes += [_outcome(step, "failed", said(error)) for step in file.steps]
    return tuple(outcomes)


def _outcome(step: EntryStep, status: Status, reason: str) -> Outcome:
    entry = step.found.entry
    return Outcome(entry.path, pointer(entry.key_path), entry.hosts, entry.name, step.target, status, reason)


def _where(step: EntryStep, note: EntryNote) -> str:
    """Where the value is now."""
    unread = note.deposit is not None and not note.deposit["read_back"]
    return f"{step.summary}. It gives no value back to compare; your vault keeps a copy" if unread else step.summary


def _apply_file(
    plan: FilePlan, journal: Journal, store: Store, around: Surroundings, watch: Watch, *, named: bool
) -> None:
    """Carry out the steps of one file; where its host writes it meanwhile, again for what it has become."""
    live, again = is_live(plan.examined.file), False
    for pause_s in pauses(live=live):
        try:
            now = as_it_is_now(plan) if again else plan
            _attempt(now, journal, store, around, watch, live=live, named=named)
            return
        except FileChanged:
            if pause_s is None:
                raise
            time.sleep(pause_s)
            again = True


def _attempt(
    plan: FilePlan, journal: Journal, store: Store, around: Surroundings, watch: Watch, *, live: bool, named: bool
) -> None:
    ready = prepare(plan)
    note = _note(ready, store, live=live)
    watch("journal planned")
    journal.files.append(note)
    try:
        journal.save()
        watch("keep reversal")
        store = _keep_reversal(ready, journal, note, store, named=named)
        for step, entry_note in zip(plan.steps, note.entries, strict=True):
            _keep(step, entry_note, store, watch)
            if step.record is not None:
                watch("save record")
                save(_record(step, entry_note, store, around), new=True)
        replace(ready.real, ready.before, ready.after, journal.label(note), watch, live=live)
    except BaseException as error:
        unchanged = isinstance(error, UnsprawlError) and not isinstance(error, Unsettled)
        left = _roll_back(journal, note, ready, surely_unchanged=unchanged)
        if left and isinstance(error, UnsprawlError):
            error.message = "; ".join([error.message, *left])
        raise
    watch("journal done")
    note.state = State.DONE
    with suppress(UnsprawlError):  # the new file stands; `recover` brings the journal up to date at the next start
        journal.save()
    if live and not stays(ready.real, ready.after, lambda content: _is_ours(content, note, _kept(ready, note))):
        watch("overwritten")
        forget(note)
        note.state = State.ROLLED_BACK
        journal.save()
        raise FileChanged(f"{note.path}: its host wrote its own copy over the change", hint="Close it, then try again.")
    watch("end")


def _is_ours(content: bytes, note: FileNote, kept: Kept) -> bool | None:
    """Whether the migrated entries are in the file. Only where all the old values stand again it surely is not so."""
    decoded = decode(content)
    data = data_now(note, decoded)
    if data is None:
        return None
    return entries_as_left(data, kept) or not secrets_stand(decoded, kept)


def _keep_reversal(ready: Prepared, journal: Journal, note: FileNote, store: Store, *, named: bool) -> Store:
    """Store what undo needs, the longest text of all; answers the store that took it, for the other values too.

    Some keyrings take only short texts (Windows: 1,280 characters). Then the file vault keeps everything of this file,
    unless the user named the store.
    """
    from unsprawl.vault.age_store import AgeStore

    try:
        deposit(_reversal(ready, note), store, item=note.reversal)
    except StoreUnavailable:
        if named or store.id == AgeStore.id:
            raise
        store = AgeStore()
        note.store = store.id
        journal.save()
        deposit(_reversal(ready, note), store, item=note.reversal)
    return store


def _roll_back(journal: Journal, note: FileNote, ready: Prepared, *, surely_unchanged: bool) -> tuple[str, ...]:
    """Forget what was kept for a file that was not changed; answers what stays in a broker of others.

    An interruption can also come right after the replacement: then the file says which. What cannot be done now (the
    disk is full) or told stays in the journal as planned, and `recover` settles it at the next start.
    """
    with suppress(UnsprawlError):
        if surely_unchanged or read_whole(ready.real) == ready.before:
            left = forget(note)
            note.state = State.ROLLED_BACK
            journal.save()
            return left
    return ()


def _reversal(ready: Prepared, note: FileNote) -> Secret:
    return Secret(json.dumps(_kept(ready, note)))


def _kept(ready: Prepared, note: FileNote) -> Kept:
    """What undo needs: the old text where it differs, and the same as data."""
    return {
        "exact": ready.rewritten.reversal,
        "secrets": _moved_secrets(ready),
        "values": _values(ready.plan, note),
        "operations": to_json(ready.inverse),
        "entries": [
            [list(step.found.entry.key_path), value]
            for step, value in zip(ready.plan.steps, ready.entries_after, strict=True)
        ],
    }


def _values(plan: FilePlan, note: FileNote) -> dict[str, str]:
    """Each value under its vault item or the name of its variable: so undo can tell whether it was replaced since."""
    values: dict[str, str] = {}
    for step, entry in zip(plan.steps, note.entries, strict=True):
        items = iter(entry.items)
        for keep in step.keeps:
            if keep.home == "broker":
                values[deposits.key(entry, keep.name)] = keep.secret.reveal()
                continue
            values[next(items) if keep.home == "vault" else entry.key(keep.name)] = keep.secret.reveal()
    return values


def _moved_secrets(ready: Prepared) -> list[tuple[int, int, str]]:
    """The moved values as they are written in the old text: what the digest of that text leaves out."""
    examined = ready.plan.examined
    findings = [finding for step in ready.plan.steps for finding in step.found.findings]
    return [(start, end, examined.document.text[start:end]) for start, end in spans_of(examined, findings)]


def _note(ready: Prepared, store: Store, *, live: bool) -> FileNote:
    plan, document = ready.plan, ready.plan.examined.document
    before, after = secret_spans(plan.examined), secret_spans(ready.examined_after)
    return FileNote(
        path=plan.examined.file.path,
        real=ready.real,
        root=plan.root,
        format=document.codec.id,
        blanks_before=before,
        digest_before=blanked_digest(document.text, before),
        blanks_after=after,
        digest_after=blanked_digest(ready.rewritten.text, after),
        reversal=new_item_key(),
        store=store.id,
        state=State.PLANNED,
        entries=[_entry_note(step) for step in plan.steps],
        live=live,
    )


def _entry_note(step: EntryStep) -> EntryNote:
    entry = step.found.entry
    variables = list(dict.fromkeys(keep.name for keep in step.keeps if keep.home in ("shell", "file")))
    file = next((keep.file for keep in step.keeps if keep.file is not None), None)
    there = names_in(file)
    return EntryNote(
        pointer=pointer(entry.key_path),
        entry=entry.name,
        hosts=list(entry.hosts),
        target=step.target,
        ref=step.record.ref if step.record else None,
        project=step.record.root if step.record else None,
        items=[new_item_key() for keep in step.keeps if keep.home == "vault"],
        variables=variables,
        added=[name for name in variables if name not in there],
        file=file,
        made=file is not None and not os.path.lexists(file),
        rotate=rotation_pages(step.found.findings),
        deposit={**step.deposit.to_json(), "read_back": False} if step.deposit else None,
    )


def _keep(step: EntryStep, note: EntryNote, store: Store, watch: Watch) -> None:
    """Put every value where it shall be, and see that it is there."""
    items = iter(note.items)
    for keep in step.keeps:
        if keep.home == "vault":
            watch("keep value")
            deposit(keep.secret, store, item=next(items))
            continue
        if keep.home == "broker":
            continue
        if keep.name in note.added:
            watch("keep variable")
            add_variable(keep.file, keep.name, keep.secret, watch)
        if variable_in(keep.file, keep.name) != keep.secret:
            raise NotApplied(f"the variable {keep.name} stands for another value already")
    if step.deposit is not None:
        watch("fill broker")
        values = {keep.name: keep.secret for keep in step.keeps if keep.home == "broker"}
        assert note.deposit is not None
        note.deposit["read_back"] = deposits.fill(step.deposit, values)


def _record(step: EntryStep, note: EntryNote, store: Store, around: Surroundings) -> Record:
    draft = step.record
    assert draft is not None
    names = [keep.name for keep in step.keeps if keep.home == "vault"]
    known = variables(around, step.hosts)
    entry = {name: text for name, text in entry_variables(step.found.server.node).items() if name not in names}
    if draft.told:
        binding = Binding((), config=step.found.entry.path, told=dict(draft.told))
    else:
        binding = bind(
            draft.argv,
            key=machine_key(),
            cwd=draft.root or around.cwd,
            environ=started_environment(step.found.entry.hosts, around),
            entry_environ={name: expanded(text, step.hosts, known) for name, text in entry.items()},
            root=draft.root,
            config=step.found.entry.path,
        )
    from datetime import UTC, datetime

    return Record(
        ref=draft.ref,
        entry=step.found.entry.name,
        hosts=step.found.entry.hosts,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        store=store.id,
        variables=tuple(zip(names, note.items, strict=True)),
        bindings=(binding,),
        project=draft.root,
        headers=draft.headers,
        wire=draft.wire,
    )
