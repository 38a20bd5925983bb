"""Take the commit of a migration back: what a killed run left, and what `undo` is asked for.

Files that were moved are the journal's, and `undo` puts them back. Here is the rest: files that were written beside
them, the index, the branch, HEAD. Each step looks first, so that it can be taken again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from enum import StrEnum

from unsprawl.rewriters.branches.new_file import take_out
from unsprawl.rewriters.branches.objects import index_of, set_index
from unsprawl.rewriters.branches.repository import Repository
from unsprawl.rewriters.branches.tracked import TrackedFiles
from unsprawl.rewriters.journal import BranchNote, BranchState, Journal, State
from unsprawl.rewriters.recover import settle_file
from unsprawl.rewriters.undo import undo
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.secret import Secret


class BranchStanding(StrEnum):
    """What has become of the branch of a migration."""

    CHECKED_OUT = "checked-out"
    THERE = "there"
    """It has the commit, and something else is checked out."""
    MOVED_ON = "moved-on"
    """It is at another commit by now."""
    GONE = "gone"
    """Deleted; what was merged before stands where it was merged to."""
    UNKNOWN = "unknown"
    """Git does not answer, or the folder is gone."""


Learn = Callable[[Iterable[Secret]], None]


def settle(journal: Journal, learn: Learn) -> tuple[str, ...]:
    """Bring to an end what was begun: the commit stands when HEAD is on its branch, else everything is taken back.

    Answers a line for each thing that was done or could not be. Raises UnsprawlError.
    """
    note = journal.branch
    if note is None or note.state in (BranchState.UNDONE, BranchState.ROLLED_BACK):
        return ()
    if note.state is BranchState.MADE:
        # `undo` was killed between the files and the branch.
        return take_back(journal) if _all(journal, State.UNDONE) else ()
    repository = _opened(note)
    try:
        if _is_on_it(repository, note):
            note.state = BranchState.MADE
            journal.save()
            return (f"{note.top}: the commit on {note.name} stands: `unsprawl undo {journal.id}` can take it back",)
        for file in journal.files:
            if file.state in (State.PLANNED, State.UNDOING):  # interrupted just now
                settle_file(journal, file, learn)
        told = [each.reason for each in undo(journal, learn=learn) if each.status != "restored"]
        told += _beside(repository, journal, note)
        _index_back(repository, note)
        if note.commit and repository.commit_of(note.ref) == note.commit:
            repository.do("update-ref", "-d", note.ref, note.commit)
    finally:
        repository.close()
    for file in journal.files:
        if file.state is State.UNDONE:
            file.state = State.ROLLED_BACK
    note.state = BranchState.ROLLED_BACK
    journal.save()
    return tuple(told)


def take_back(journal: Journal) -> tuple[str, ...]:
    """After the files are back: the branch that was checked out before is so again, and the new one goes, unless
    somebody has built on it or it was handed on. Answers what was done and what is left to do. Raises NotApplied.
    """
    note = journal.branch
    if note is None or note.state is not BranchState.MADE:
        return ()
    repository = _opened(note)
    try:
        if not _all(journal, State.UNDONE) or not _is_on_it(repository, note):
            told = [_left(journal, note, repository)]
        elif not _can_go_back(repository, note):
            told = [
                f"{note.top}: {_short(note)} has moved on since, so you switch to it yourself: "
                f"`git switch -f {_short(note)}` (what differs is what was just put back)"
            ]
        else:
            told = [*_beside(repository, journal, note), *_head_back(repository, note)]
    finally:
        repository.close()
    if _all(journal, State.UNDONE):
        note.state = BranchState.UNDONE
        journal.save()
    return tuple(told)


def standing(note: BranchNote) -> BranchStanding:
    """What has become of the branch, as git says now."""
    try:
        repository = _opened(note)
    except NotApplied:
        return BranchStanding.UNKNOWN
    try:
        tip = repository.commit_of(note.ref)
        if not tip:
            known = repository.commit_of("HEAD")
            return BranchStanding.GONE if known else BranchStanding.UNKNOWN
        on_it = repository.checked_out() == note.ref
        if tip != note.commit:
            return BranchStanding.MOVED_ON
        return BranchStanding.CHECKED_OUT if on_it else BranchStanding.THERE
    finally:
        repository.close()


def _opened(note: BranchNote) -> Repository:
    if not os.path.isdir(note.top):
        raise NotApplied(f"{note.top} is not there any more")
    return Repository(note.top)


def _all(journal: Journal, state: State) -> bool:
    return all(file.state is state for file in journal.files)


def _short(note: BranchNote) -> str:
    return note.was.removeprefix("refs/heads/")


def _is_on_it(repository: Repository, note: BranchNote) -> bool:
    """Whether HEAD is on the branch, and the branch at its commit."""
    if not note.commit or repository.checked_out() != note.ref:
        return False
    return repository.commit_of(note.ref) == note.commit


def _can_go_back(repository: Repository, note: BranchNote) -> bool:
    return repository.commit_of(f"{note.was}^{{commit}}") == note.base


def _beside(repository: Repository, journal: Journal, note: BranchNote) -> list[str]:
    """Take out the files that were written beside the moved ones; answers those that somebody changed since."""
    tracked = TrackedFiles(repository)
    told = []
    for number, each in enumerate(file for file in note.placed if not file.moved):
        if not take_out(note.top, each, f"{journal.id}-p{number}", tracked.id_of):
            told.append(f"{os.path.join(note.top, each.path)} changed since, and stays")
    return told


def _index_back(repository: Repository, note: BranchNote) -> None:
    now = index_of(repository, [each.path for each in note.placed])
    ours = [each for each in note.placed if now.get(each.path) == each.after]
    if ours:
        set_index(repository, ours, back=True)


def _head_back(repository: Repository, note: BranchNote) -> list[str]:
    _index_back(repository, note)
    reason = f"checkout: moving from {note.name} to {_short(note)}"
    if note.was.startswith("refs/"):
        repository.do("symbolic-ref", "-m", reason, "HEAD", note.was)
    else:
        repository.do("update-ref", "--no-deref", "-m", reason, "HEAD", note.base)
    told = [f"{note.top}: {_short(note)} is checked out again"]
    if repository.remotes_have(note.name):
        return [*told, f"{note.top}: the branch {note.name} stays, since a remote has it too"]
    repository.do("update-ref", "-d", note.ref, note.commit)
    return [*told, f"{note.top}: the branch {note.name} is deleted; its commit was {note.commit}"]


def _left(journal: Journal, note: BranchNote, repository: Repository) -> str:
    if not repository.commit_of(note.ref):
        return f"{note.top}: the branch {note.name} is gone already"
    return (f"{note.top}: the branch {note.name} stays with its commit ({note.commit[:12]}), which names what is kept "
            "no more: `git revert` it where it was merged, or delete the branch")  # fmt: skip
