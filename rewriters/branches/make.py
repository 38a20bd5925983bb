"""Make the commit: values into the vault, files into the work tree, then the branch; all of it or nothing.

HEAD is what decides. Until it names the new branch, everything is taken back, by this run or by the next one; from then
on everything stands, and `undo` takes it back. What the journal names is never more than what was done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from unsprawl.rewriters.apply import apply
from unsprawl.rewriters.branches.back import settle
from unsprawl.rewriters.branches.contents import notes_of
from unsprawl.rewriters.branches.hooks import AFTER, BEFORE, Way
from unsprawl.rewriters.branches.moving import Moving
from unsprawl.rewriters.branches.new_file import put
from unsprawl.rewriters.branches.objects import make_commit, make_tree, set_index
from unsprawl.rewriters.journal import BranchNote, BranchState, Journal
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.replace_file import Watch, read_whole, unwatched
from unsprawl.scanner.errors import NotApplied, UnsprawlError
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.stores import Store

Learn = Callable[[Iterable[Secret]], None]


@dataclass(frozen=True, slots=True)
class Made:
    """The commit, and what became of each entry."""

    commit: str
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    """What its hooks said afterwards."""


def make(
    moving: Moving,
    journal: Journal,
    store: Store,
    around: Surroundings,
    *,
    named: bool = False,
    watch: Watch = unwatched,
    learn: Learn = lambda secrets: None,
) -> Made:
    """Make the commit on its branch, and leave the work tree there. `journal`: a new one, for this repository alone.

    Raises NotApplied with everything as before.
    """
    facts = moving.facts
    repository = facts.repository
    placed = notes_of(moving)
    tree = make_tree(repository, facts.git, facts.base, placed)
    note = BranchNote(repository.top, moving.branch, facts.was, facts.base, BranchState.PLANNED, placed)
    journal.branch = note
    watch("branch planned")
    journal.save()
    try:
        outcomes = apply(moving.plan, journal, store, around, named=named, watch=watch)
        failed = [each.reason for each in outcomes if each.status != "done"]
        if failed:
            raise NotApplied(failed[0], hint="The whole repository stays as it was.")
        for number, file in enumerate(moving.placed):
            watch(f"write {file.why}")
            put(repository.top, file, f"{journal.id}-p{number}", watch)
        _check_work_tree(moving, note)
        watch("index")
        set_index(repository, placed, settings=facts.hooks.settings)
        watch("indexed")
        text = _with_hooks(moving, tree)
        note.commit = make_commit(repository, tree, facts.base, text, facts.signing)
        if repository.line("rev-parse", f"{note.commit}^{{tree}}") != tree:
            raise NotApplied("the commit does not hold what was checked")
        watch("committed")
        journal.save()
        _switch(moving, note, watch)
    except BaseException as error:
        # An interruption can also come right after the switch: then HEAD says so, and the commit stands.
        told: tuple[str, ...] = ()
        with suppress(UnsprawlError):  # `recover` settles it at the next start
            told = settle(journal, learn)
        if note.state is not BranchState.MADE and isinstance(error, UnsprawlError) and told:
            error.message = "; ".join([error.message, *told])
        raise
    watch("journal made")
    note.state = BranchState.MADE
    with suppress(UnsprawlError):  # HEAD tells the next start
        journal.save()
    watch("made")
    return Made(note.commit, outcomes, tuple(_hooks_after(moving, note)))


def _check_work_tree(moving: Moving, note: BranchNote) -> None:
    """What lies there is what was scanned, whoever else writes there."""
    for each in note.placed:
        content = read_whole(os.path.join(note.top, *each.path.split("/")))
        if moving.chosen.tracked.id_of(each.path, content) != each.after:
            raise NotApplied(f"{each.path} changed while it was worked on", hint="Try again.")


def _switch(moving: Moving, note: BranchNote, watch: Watch) -> None:
    """The branch begins at the commit, and HEAD is on it. Raises NotApplied where somebody was faster."""
    facts = moving.facts
    repository, settings = facts.repository, facts.hooks.settings
    now = repository.checked_out() or repository.line("rev-parse", "HEAD")
    if now != facts.was or repository.line("rev-parse", "HEAD") != facts.base:
        raise NotApplied("another branch or commit was checked out meanwhile", hint="Try again.")
    watch("branch")
    reason = "branch: Created by unsprawl migrate"
    repository.do("update-ref", "-m", reason, "--create-reflog", note.ref, note.commit, "0" * 40, settings=settings)
    watch("head")
    # As `git switch` says it: so `git switch -` knows the way back.
    reason = f"checkout: moving from {facts.branch or facts.base} to {note.name}"
    repository.do("symbolic-ref", "-m", reason, "HEAD", note.ref, settings=settings)


def _with_hooks(moving: Moving, tree: str) -> str:
    """The message, after the hooks have run that the user wants run. Raises NotApplied when one says no."""
    facts = moving.facts
    names = [name for name in BEFORE if name in facts.hooks.names]
    if facts.hooks.way is not Way.RUN or not names:
        return moving.message
    place = os.path.join(facts.git, "COMMIT_EDITMSG")
    with open(place, "w", encoding="utf-8", newline="\n") as file:
        file.write(moving.message)
    words = {"pre-commit": (), "prepare-commit-msg": (place, "message"), "commit-msg": (place,)}
    variables = {"GIT_INDEX_FILE": os.path.join(facts.git, "index"), "GIT_EDITOR": ":"}
    for name in names:
        said = facts.repository.run_hook(facts.hooks.folder, name, words[name], variables)
        if said.code != 0:
            raise NotApplied(f"its hook {name} says no ({said.complaint})",
                             hint="See to what it wants, or try again with --hooks skip.")  # fmt: skip
    if facts.repository.do("write-tree", "--missing-ok").decode("ascii").strip() != tree:
        raise NotApplied("a hook changed what is to be committed", hint="Try --hooks skip.")
    with open(place, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if not text.strip():
        raise NotApplied("a hook left no message")
    return text


def _hooks_after(moving: Moving, note: BranchNote) -> Iterable[str]:
    facts = moving.facts
    if facts.hooks.way is not Way.RUN:
        return
    words = {"post-commit": (), "post-checkout": (note.base, note.commit, "1")}
    for name in AFTER:
        if name in facts.hooks.names:
            said = facts.repository.run_hook(facts.hooks.folder, name, words[name], {"GIT_EDITOR": ":"})
            if said.code != 0:
                yield f"its hook {name} failed, after the commit was made ({said.complaint})"
