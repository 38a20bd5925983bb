"""One run of `unsprawl migrate`: plan, ask, apply, tell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import click

from unsprawl.cli.closing import closing_list
from unsprawl.cli.console import report_options
from unsprawl.cli.guided import Guide
from unsprawl.cli.guided_store import store_by_key
from unsprawl.cli.machine import asked_machine
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.plan_files import checked, how_to_apply, write_plan
from unsprawl.cli.progress import Progress
from unsprawl.cli.selection import examined
from unsprawl.cli.starting import Confirm, logged_in, started
from unsprawl.rewriters.apply import apply
from unsprawl.rewriters.journal import Journal, new_journal
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.plan_file import Request
from unsprawl.rewriters.planner import make_plan, situations
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.start import tools_before
from unsprawl.rewriters.stated import Stated
from unsprawl.rewriters.todo import Todo
from unsprawl.rewriters.tool_lists import note_tools
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Finding, Problem
from unsprawl.scanner.people import People
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.migration import migration_json
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.scanner.selection import folders_of
from unsprawl.scanner.sources.policies import PolicyFiles
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.suppress import tally
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.choose import Choice, choose, store_named
from unsprawl.vault.record import Destination
from unsprawl.vault.stores import Store

_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class Migration:
    """What the command line asks for, and what becomes of it."""

    around: Surroundings
    paths: tuple[str, ...]
    target: str
    sent: tuple[Destination, ...]
    """Where the user says that keys are sent."""
    stated: Stated
    """Where the user says that entries can log in."""
    store_id: str
    """The store that the values shall go to; "" for the one that is preferred."""
    only: tuple[str, ...]
    people: People | None
    """How many people use the servers, as the user says."""
    policy: Policy | None
    output: str
    asking: bool
    """There is a terminal, and no option says what to do."""
    doing: bool
    """Without asking."""
    looking: bool
    """Nothing is changed, whatever else is said."""
    starting: bool
    plan_out: tuple[Path, str] | None
    """Where the plan goes, and how the user calls that."""
    options: tuple[str, ...]
    """Those words of the command line that decide what is planned."""
    request: Request | None
    journal: Journal = field(default_factory=new_journal)
    outcomes: tuple[Outcome, ...] = ()
    refused: tuple[Outcome, ...] = ()
    """Requested by a plan file, and not equal."""
    unasked: int = 0
    started: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    loose: list[Finding] = field(default_factory=list)
    chosen: Choice | None = None
    interrupted: bool = False

    def run(self) -> Exit:
        """All of it; answers the exit code."""
        with exclusive():
            for line in recover(REDACTOR.learn):
                print(f"unsprawl: {line}", file=sys.stderr)
            files, self.problems, root = examined(self.paths, self.around, self.policy)
            # What is wrong with a policy was told already.
            folders = RealPaths(folders_of(self.paths, self.around))
            policies = PolicyFiles(self.around, self.policy, [], paths=folders)
            here = asked_machine(
                files, self.around, self.policy,
                target=self.target, only=self.only, sent=self.sent, stated=self.stated, people=self.people,
                asking=self.asking and self.request is None,  # a plan file was made without anybody to ask
            )  # fmt: skip
            plan = make_plan(files, here, self.target, self.only, policies.demands)
            self.loose = [] if self.only else [finding for file in files for finding in file.loose]
            if self.request is not None:
                plan, self.refused, self.unasked = checked(plan, files, self.request)
            report = QuestionReport(*report_options(self.around))
            planned = plan.steps
            if self.asking and planned:
                guide = Guide(report, files, self.target, len(planned))
                if self.request is not None:
                    chosen = not_yet_changed(lambda: guide.choose_of(plan))
                else:
                    each = situations(files, here, self.only, policies.demands)
                    chosen = not_yet_changed(lambda: guide.choose(each))
            else:
                chosen = plan
                self._show(report, plan)
            if self.plan_out is not None:
                write_plan(plan, self.target, *self.plan_out)
            if chosen.steps and not self.looking and (self.doing or self.asking):
                self._apply(chosen, report)
                if self.starting:
                    self._start()
            self._tell(report, plan, chosen, files, root)
        if self.interrupted:
            raise KeyboardInterrupt
        if planned and not (self.doing or self.looking or self.asking):
            print("unsprawl: this is no terminal to ask on. Add --yes to move them.", file=sys.stderr)
        return self._exit(plan)

    def _show(self, report: QuestionReport, plan: Plan) -> None:
        if self.output == "terminal":
            for file in plan.files:
                for step in file.steps:
                    report.step(file, step)

    def _apply(self, chosen: Plan, report: QuestionReport) -> None:
        if self.asking and not self.store_id and for_the_vault(chosen):
            self.chosen = not_yet_changed(lambda: store_by_key(report))
        else:
            self.chosen = choose(self.store_id)
        # While the values still stand in the files: what the servers can do then is what they shall do afterwards.
        ask = Confirm(self.doing)
        before = (
            not_yet_changed(lambda: tools_before(chosen, self.around, ask, REDACTOR.learn)) if self.starting else {}
        )
        try:
            with Progress(quiet=self.output != "terminal") as progress:
                self.outcomes = apply(
                    chosen, self.journal, self.chosen.store, self.around,
                    named=self.chosen.named, watch=progress.moving(len(chosen.files)),
                )  # fmt: skip
            if before:
                note_tools(self.journal, before, chosen)
        except KeyboardInterrupt:
            # Also where the new file stands and the journal does not say so yet: `undo` settles that first.
            if any(file.state.holds for file in self.journal.files):
                print(f"unsprawl: to take back what was moved: unsprawl undo {self.journal.id}", file=sys.stderr)
            raise

    def _start(self) -> None:
        """What `verify --start` does, for the entries that were moved, as they stand in their files now."""
        moved = {(outcome.path, outcome.pointer) for outcome in self.outcomes if outcome.status == "done"}
        again, _, _ = examined(self.paths, self.around, self.policy)
        results = [
            (found, outcome)
            for found, outcome in verify(again, self.around)
            if (found.entry.path, pointer(found.entry.key_path)) in moved
        ]
        self.started = [outcome for _, outcome in results]
        logins = [found for found, outcome in results if outcome.status != "failed"]
        try:
            self.started += logged_in(logins, self.around, yes=self.doing)
            self.started += started(results, self.around, yes=self.doing)
        except (KeyboardInterrupt, click.Abort):
            self.interrupted = True  # the migration stands: what it did, and what is left to do, is told all the same

    def _open(self, plan: Plan) -> int:
        """How many entries and values that one asked to move stay where they are."""
        done = sum(outcome.status == "done" for outcome in self.outcomes)
        if self.request is not None:
            return len(plan.steps) + len(self.refused) - done
        return len(plan.steps) + len(plan.refusals) + len(self.loose) - done

    def _tell(self, report: QuestionReport, plan: Plan, chosen: Plan, files: Iterable[Examined], root: str) -> None:
        entries = (each for file in files for each in file.entries)
        todo = closing_list(chosen, self.outcomes, self.journal, self.around.home, self.around.environ, entries)
        if self.plan_out is not None:
            shown = self.plan_out[1]
            how = how_to_apply(self.paths, self.options, shown)
            todo.append(Todo(f"read the plan in {shown}, then apply it", how))
        outcomes = [*self.outcomes, *self.refused, *self.started]
        if self.output == "json":
            journal_id = self.journal.id if self.journal.files else None
            document = migration_json("migrate", plan, outcomes, todo, journal_id, self.problems, root, self.loose)
            document["stores"] = [store.id for store in self._stores()]
            if self.request is not None:
                document["requested"] = {"refused": len(self.refused), "unasked": self.unasked}
            sys.stdout.writelines(render(document, REDACTOR))
            return
        report.outcomes(outcomes)
        if self.chosen is not None and for_the_vault(chosen):
            titles = [store.title for store in self._stores()] or [self.chosen.store.title]
            report.say(f"The vault is: {', '.join(titles)}.")
            if self.chosen.caution:
                report.say(f"Mind: {self.chosen.caution}.")
        if self.request is None:
            report.refusals(plan.refusals)
            report.loose(self.loose)
        report.problems(self.problems)
        silenced = tally(each for file in files for each in file.silenced)
        if silenced:
            report.say(f"{silenced}; they stay.")
        for sentence in self._closing(plan):
            report.say(sentence)
        report.todo(todo)

    def _stores(self) -> list[Store]:
        """Where the values really are: what the chosen store cannot hold is in another one."""
        ids = sorted({note.store for note in self.journal.files if note.state.holds})
        return [store_named(store_id) for store_id in ids]

    def _closing(self, plan: Plan) -> Iterable[str]:
        planned, open_ = len(plan.steps), self._open(plan)
        if self.refused:
            what = count(len(self.refused), "step of the plan is", "steps of the plan are")
            yield f"{what} not what would be done now. There nothing was changed."
        if self.unasked:
            yield f"{count(self.unasked, 'entry', 'entries')} could be moved too; the plan does not name them."
        if not planned and not open_:
            yield "Nothing to move. (`unsprawl scan` also looks into documents and programs.)"
        elif self.looking:
            moving = count(planned, "entry", "entries")
            staying = f", {open_ - planned} would stay" if open_ > planned else ""
            yield f"{moving} would be moved{staying}. Nothing was changed."
        elif not self.outcomes:
            yield "Nothing was changed."
        elif open_:
            yield f"{count(open_, 'entry stays as it is', 'entries stay as they are')}."

    def _exit(self, plan: Plan) -> Exit:
        """0 all moved, 1 something moved and something stays or does not start, 4 nothing moved, 3 no more is known to
        stay but not all was readable or could be checked."""
        if self._open(plan):
            done = any(outcome.status == "done" for outcome in self.outcomes)
            return Exit.FOUND if done or self.looking else Exit.NOT_APPLIED
        if any(outcome.status == "failed" for outcome in self.started):
            return Exit.FOUND
        unchecked = any(outcome.status in ("todo", "skipped") for outcome in self.started)
        return Exit.INCOMPLETE if self.problems or unchecked else Exit.CLEAN


def for_the_vault(plan: Plan) -> bool:
    """Whether some of it goes there."""
    return any(keep.home == "vault" for step in plan.steps for keep in step.keeps)


def not_yet_changed(ask: Callable[[], _Answer]) -> _Answer:
    """What the user answers while nothing is changed yet; whoever stops there is told so."""
    try:
        return ask()
    except (KeyboardInterrupt, click.Abort):
        print("unsprawl: nothing was changed", file=sys.stderr)
        raise
