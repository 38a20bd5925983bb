"""Migrations on branches, repository by repository: as JSON and for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.text import Text

from unsprawl.rewriters.branches.checks import Facts
from unsprawl.rewriters.branches.moving import Moving
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import Plan
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.migration import migration_json
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.scanner.report.terminal import NOTICE


class Status(StrEnum):
    """What becomes of a repository."""

    WOULD = "would"
    """A commit can be made."""
    DONE = "done"
    NOTHING = "nothing"
    """There is nothing to move."""
    SKIPPED = "skipped"
    """Nobody said yes."""
    REFUSED = "refused"
    """Nothing can be done there; why is told."""
    FAILED = "failed"
    """It was tried, and everything is as before."""


_STYLE = {Status.DONE: "green", Status.REFUSED: NOTICE, Status.FAILED: "bold red"}


@dataclass(slots=True)
class RepositoryTold:
    """One repository, and all that is known of it so far."""

    folder: str
    facts: Facts | None = None
    moving: Moving | None = None
    status: Status = Status.NOTHING
    reason: str = ""
    hint: str = ""
    commit: str = ""
    journal_id: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    todo: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def refuse(self, error: UnsprawlError, status: Status = Status.REFUSED) -> None:
        """Why nothing is done there."""
        self.status, self.reason, self.hint = status, error.message, error.hint

    @property
    def notes(self) -> tuple[str, ...]:
        known = self.moving.notes if self.moving is not None else ()
        return (*known, *self.after)


def branch_json(told: Sequence[RepositoryTold], branch: str, problems: Sequence[Problem], root: str) -> dict[str, Json]:
    """The contract's document: that of `migrate`, with one for each repository in `repositories`."""
    plans = [each.moving.plan for each in told if each.moving is not None]
    whole = Plan(
        tuple(file for plan in plans for file in plan.files), tuple(each for plan in plans for each in plan.refusals)
    )
    outcomes = [outcome for each in told for outcome in each.outcomes]
    todo = list(dict.fromkeys(item for each in told for item in each.todo))
    document = migration_json("migrate", whole, outcomes, todo, None, problems, root)
    document["branch"] = branch
    document["repositories"] = [_repository(each, branch) for each in told]
    return document


def _repository(told: RepositoryTold, branch: str) -> Json:
    moving, facts = told.moving, told.facts
    plan = moving.plan if moving is not None else Plan((), ())
    inner = migration_json("migrate", plan, told.outcomes, told.todo, told.journal_id, (), told.folder)
    guide = [each.name for each in moving.placed if each.why == "the guide"] if moving is not None else []
    return {
        "path": told.folder,
        "status": told.status.value,
        "reason": told.reason,
        "hint": told.hint,
        "was": facts.was if facts is not None else None,
        "base": facts.base if facts is not None else None,
        "commit": told.commit or None,
        "files": moving.names if moving is not None else [],
        "guide": guide[0] if guide else None,
        "left": [
            {"path": left.path, "what": left.what, "reason": left.reason, "hint": left.hint, "local": left.local}
            for left in (moving.left if moving is not None else ())
        ],
        "notes": list(told.notes),
        **{key: inner[key] for key in ("plan", "outcomes", "todo", "journal_id")},
    }


class BranchReport(QuestionReport):
    """Repositories: what would become of each, and what became of it."""

    def repositories(self, told: Sequence[RepositoryTold]) -> None:
        """All of them, before any is changed."""
        self.gap()
        rows = [(self.path(each.folder), self._would(each)) for each in told]
        if not self.columns(rows, 0):
            for path, what in rows:
                self.line(path)
                self.line(what, first="  ", rest="  ")
        for each in told:
            if each.reason:
                self.gap()
                self._reason(each)
        self.gap()

    def _would(self, told: RepositoryTold) -> Text:
        if told.moving is None:
            return Text(told.status.value, _STYLE.get(told.status, ""))
        moved, open_ = len(told.moving.plan.steps), told.moving.open
        stays = f", {open_} to be done by hand" if open_ else ""
        if not moved:
            return Text(f"nothing to move{stays}")
        on = self.text(told.moving.facts.branch or told.moving.facts.base[:12])
        files = count(len(told.moving.prepared), "file", "files")
        return Text.assemble(f"{count(moved, 'entry', 'entries')} in {files}{stays}; from ", on)

    def _reason(self, told: RepositoryTold) -> None:
        status = Text(f"{told.status.value}  ", _STYLE.get(told.status, ""))
        self.line(status, self.path(told.folder, ""), ": ", self.text(told.reason), rest="  ")
        if told.hint:
            self.line(self.text(told.hint), first="  ", rest="  ")

    def repository(self, told: RepositoryTold) -> None:
        """All that its commit would hold."""
        moving = told.moving
        assert moving is not None
        self.gap()
        self.line(self.path(told.folder), "  on ", self.text(moving.branch, "bold"), rest="  ")
        for file in moving.plan.files:
            for step in file.steps:
                self.step(file, step)
        for placed in moving.placed:
            did = "new" if placed.before is None else "changed"
            self.line(
                Text(f"{did}  ", "green"), self.text(placed.name, "bold"), f"  {placed.why}", first="  ", rest="    "
            )
            if placed.before is not None:
                self._insertion(placed.before, placed.after)
        self._left(told)
        for note in told.notes:
            self.line("note: ", self.text(note), first="  ", rest="    ")
        self.gap()

    def _insertion(self, before: bytes, after: bytes) -> None:
        from unsprawl.rewriters.branches.new_file import inserted

        cut = inserted(before, after)
        for line in after[slice(*cut)].decode("utf-8", "replace").splitlines() if cut else ():
            if line.strip():
                self.code(self.text(f"+ {line}", "green"), 4)

    def _left(self, told: RepositoryTold) -> None:
        for left in told.moving.left if told.moving is not None else ():
            word = "not of the repository  " if left.local else "stays  "
            self.line(
                Text(word, NOTICE), self.text(left.path, "bold"), "  ", self.text(left.what), first="  ", rest="    "
            )
            hint = f" {left.hint}" if left.hint else ""
            self.line(self.text(f"{left.reason}.{hint}"), first="    ", rest="    ")

    def results(self, told: Iterable[RepositoryTold]) -> None:
        """What became of each."""
        for each in told:
            if each.status is Status.NOTHING and each.moving is not None and each.moving.left:
                self.gap()
                self.line(self.path(each.folder))
                self._left(each)
            if each.status is Status.FAILED:
                self.gap()
                self._reason(each)
            if each.status is Status.DONE and each.moving is not None:
                self.gap()
                self.line(
                    Text("done  ", "green"), self.path(each.folder), "  ", self.text(each.moving.branch, "bold"),
                    f" at {each.commit[:12]}", rest="  ",
                )  # fmt: skip
                self.outcomes(each.outcomes)
                for note in each.after:
                    self.line(self.text(note), first="  ", rest="    ")
        self.gap()
