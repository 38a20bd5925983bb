"""The contents of a commit as git will hold them, looked through once more before anything names them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unsprawl.rewriters.branches.moving import Moving
from unsprawl.rewriters.branches.new_file import Placed, inserted
from unsprawl.rewriters.journal import PlacedNote
from unsprawl.rewriters.prepare import Prepared
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.examine import examine
from unsprawl.scanner.model import Problem
from unsprawl.scanner.secret import Secret


def notes_of(moving: Moving) -> list[PlacedNote]:
    """What the commit holds, as objects that git has from now on. Raises NotApplied.

    Nothing of it holds a value that was moved, unless that stands in what stays and is told: else nothing is done.
    """
    tracked = moving.chosen.tracked
    found: list[PlacedNote] = []
    for ready in moving.prepared:
        name = tracked.name_of(ready.real)
        known = tracked.get(name) if name is not None else None
        if name is None or known is None:
            raise NotApplied(f"{ready.real} is not tracked any more", hint="Try again.")
        _check(ready, tracked.content_of(tracked.id_of(name, ready.after, write=True)), moving)
        found.append(PlacedNote(name, known.mode, known.id, tracked.id_of(name, ready.after), moved=True))
    for file in moving.placed:
        known = tracked.get(file.name)
        cut = inserted(file.before, file.after) if file.before is not None else None
        _check_new(file, _moved_values(moving.prepared))
        found.append(
            PlacedNote(
                file.name, file.mode, known.id if known is not None else None,
                tracked.id_of(file.name, file.after, write=True), moved=False, cut=list(cut or ()),
            )
        )  # fmt: skip
    return found


def _moved_values(prepared: Sequence[Prepared]) -> set[Secret]:
    return {finding.secret for ready in prepared for step in ready.plan.steps for finding in step.found.findings}


def _check(ready: Prepared, content: bytes, moving: Moving) -> None:
    """A scan of what git will hold finds nothing but what is told to stay."""
    before = ready.plan.examined
    moved = {step.found.entry.key_path for step in ready.plan.steps}
    stays = {f.secret for each in before.entries if each.entry.key_path not in moved for f in each.findings}
    stays |= {finding.secret for finding in before.loose} | {each.finding.secret for each in before.silenced}
    again = examine(before.file, content, before.name)
    if isinstance(again, Problem) or any(finding.secret not in stays for finding in again.findings):
        raise NotApplied("a key would be left in the commit", hint="Please report this as a bug.")
    text = content.decode("utf-8", "replace")
    if any(secret not in stays and secret.reveal() in text for secret in _moved_values([ready])):
        raise NotApplied(f"{ready.plan.examined.file.path}: a key that was to be moved stands elsewhere in it too",
                         hint="Take it out by hand first.")  # fmt: skip


def _check_new(file: Placed, values: Iterable[Secret]) -> None:
    before = (file.before or b"").decode("utf-8", "replace")
    text = file.after.decode("utf-8", "replace")
    if any(value.reveal() in text and value.reveal() not in before for value in values):
        raise NotApplied(f"{file.name} would hold a key", hint="Please report this as a bug.")
