"""`unsprawl migrate REPO… --branch NAME`: check all repositories, plan, ask for each, commit, tell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import click

from unsprawl.cli.closing import closing_list
from unsprawl.cli.console import report_options
from unsprawl.cli.guided import ALL, HELP, NO, QUIT, YES, pressed
from unsprawl.cli.guided_store import store_by_key
from unsprawl.cli.machine import asked_machine
from unsprawl.cli.migrating import for_the_vault, not_yet_changed
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.rewriters.branches.checks import check_name, check_surroundings, checked
from unsprawl.rewriters.branches.hooks import Way
from unsprawl.rewriters.branches.make import make
from unsprawl.rewriters.branches.moving import Chosen, choose_files, of_repository, tree_policy_faults
from unsprawl.rewriters.journal import BranchState, new_journal
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.planner import make_plan
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.stated import Stated
from unsprawl.rewriters.targets.run import ADDS
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.errors import Exit, NotApplied, UnsprawlError, UsageError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Problem
from unsprawl.scanner.people import People
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.report.branch_report import BranchReport, RepositoryTold, Status, branch_json
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.sources.policies import MAX_BYTES, PolicyFiles
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings, full_path
from unsprawl.vault.choose import Choice, choose
from unsprawl.vault.record import Destination

_Answer = TypeVar("_Answer")
_QUESTION = "Make this commit?  [y]es  [n]o  [a]ll  [q]uit asking  [?] help  "
_KEYS = {
    YES: "make this commit",
    NO: "leave this repository as it is",
    ALL: "make this one and all that follow",
    QUIT: "ask no more: leave the rest as they are",
    HELP: "show this list",
}


@dataclass(slots=True)
class Branching:
    """What the command line asks for, and what becomes of it."""

    around: Surroundings
    paths: tuple[str, ...]
    branch: str
    hooks: str | None
    """`run` or `skip`; None where the user has not said."""
    target: str
    sent: tuple[Destination, ...]
    stated: Stated
    store_id: str
    only: tuple[str, ...]
    people: People | None
    policy: Policy | None
    policy_file: str | None
    """The `--policy`, which goes into each repository."""
    output: str
    asking: bool
    doing: bool
    looking: bool
    told: list[RepositoryTold] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    chosen_store: Choice | None = None

    def run(self) -> Exit:
        """All of it; answers the exit code."""
        check_surroundings()
        check_name(self.branch, self.around.cwd)
        content = self._policy_content()
        with exclusive():
            for line in recover(REDACTOR.learn):
                print(f"unsprawl: {line}", file=sys.stderr)
            self.told = list(self._checked())
            self._plan(content)
            report = BranchReport(*report_options(self.around))
            if self.output == "terminal":
                report.repositories(self.told)
            try:
                self._carry_out(report)
                self._skip_rest()
            except (KeyboardInterrupt, click.Abort):
                if any(each.status is Status.DONE for each in self.told):
                    self._skip_rest()
                    self._tell(report)  # those commits stand, and what is left to do for them
                raise
            finally:
                for each in self.told:
                    if each.facts is not None:
                        each.facts.repository.close()
            self._tell(report)
        planned = any(each.moving is not None and each.moving.prepared for each in self.told)
        if planned and not (self.doing or self.looking or self.asking):
            print("unsprawl: this is no terminal to ask on. Add --yes to make the commits.", file=sys.stderr)
        return self._exit()

    def _policy_content(self) -> bytes | None:
        """What is put into each repository. Raises UsageError for what may be a user's policy and no repository's."""
        if self.policy_file is None:
            return None
        path = full_path(self.policy_file, self.around)
        data = read(path, MAX_BYTES)
        faults = data.message if isinstance(data, Problem) else tree_policy_faults(path, self.around)
        if isinstance(data, Problem) or faults:
            raise UsageError(f"--policy {self.policy_file}: it cannot be put into a repository: {faults}",
                             hint="`unsprawl policy check` tells what a policy in a tree may say.")  # fmt: skip
        return data

    def _checked(self) -> Iterator[RepositoryTold]:
        """Every repository once, with the first reason why nothing can be done there."""
        commons: dict[str, str] = {}
        way = Way(self.hooks) if self.hooks else None
        for path in self.paths or (self.around.cwd,):
            folder = full_path(path, self.around)
            try:
                facts = checked(folder, self.branch, way)
            except NotApplied as error:
                yield RepositoryTold(folder, status=Status.REFUSED, reason=error.message, hint=error.hint)
                continue
            top = facts.repository.top
            if commons.get(facts.common) == top:
                facts.repository.close()
                continue
            if facts.common in commons:
                facts.repository.close()
                reason = f"it is another work tree of {commons[facts.common]}, which gets this branch"
                yield RepositoryTold(top, status=Status.REFUSED, reason=reason, hint="Name one of them.")
                continue
            commons[facts.common] = top
            yield RepositoryTold(top, facts=facts)

    def _plan(self, content: bytes | None) -> None:
        chosen: dict[str, Chosen] = {}
        files: list[Examined] = []
        for told in self.told:
            if told.facts is not None:
                try:
                    found, problems, _ = examined((told.folder,), self.around, self.policy)
                    chosen[told.folder] = choose_files(told.facts, found)
                except NotApplied as error:
                    told.refuse(error)
                    continue
                self.problems += problems
                files += chosen[told.folder].files
        policies = PolicyFiles(self.around, self.policy, [], paths=RealPaths(list(chosen)))
        here = asked_machine(
            files, self.around, self.policy,
            target=self.target, only=self.only, sent=self.sent, stated=self.stated, people=self.people,
            asking=self.asking,
        )  # fmt: skip
        plan = make_plan(files, here, self.target, self.only, policies.demands)

        def in_use(path: str) -> Collection[str] | None:
            named = [each.hosts.ids for each in policies.demands(path).policies if each.hosts is not None]
            return named[-1] if named else None

        for told in self.told:
            if told.folder in chosen:
                try:
                    told.moving = of_repository(
                        chosen[told.folder], plan, self.branch, self.around,
                        policy=content, in_use=in_use, clean=REDACTOR.clean, loose=not self.only,
                    )  # fmt: skip
                    told.status = Status.WOULD if told.moving.prepared else Status.NOTHING
                except NotApplied as error:
                    told.refuse(error)

    def _carry_out(self, report: BranchReport) -> None:
        ready = [each for each in self.told if each.status is Status.WOULD]
        everything, stopped = self.doing, False
        for told in ready:
            if self.output == "terminal":
                report.repository(told)
            if self.looking or stopped or not (self.doing or self.asking):
                continue
            if not everything:
                key = self._asked(lambda: pressed(report, _QUESTION, list(_KEYS.items())))
                everything, stopped = key == ALL, key == QUIT
                if key in (NO, QUIT):
                    told.status = Status.SKIPPED
                    continue
            self._make(told, report)

    def _skip_rest(self) -> None:
        for told in self.told:
            if told.status is Status.WOULD and not self.looking:
                told.status = Status.SKIPPED

    def _asked(self, ask: Callable[[], _Answer]) -> _Answer:
        """What the user answers; whoever stops before the first commit is told that nothing was changed."""
        return ask() if any(each.status is Status.DONE for each in self.told) else not_yet_changed(ask)

    def _make(self, told: RepositoryTold, report: BranchReport) -> None:
        assert told.moving is not None
        if self.chosen_store is None:
            ask = self.asking and not self.store_id and for_the_vault(told.moving.plan)
            self.chosen_store = self._asked(lambda: store_by_key(report)) if ask else choose(self.store_id)
        choice, journal = self.chosen_store, new_journal()
        try:
            made = make(told.moving, journal, choice.store, self.around, named=choice.named, learn=REDACTOR.learn)
        except UnsprawlError as error:
            told.refuse(error, Status.FAILED)
            return
        except KeyboardInterrupt:
            # Right after the switch the commit stands.
            if journal.branch is not None and journal.branch.state is BranchState.MADE:
                told.status, told.commit, told.journal_id = Status.DONE, journal.branch.commit, journal.id
            raise
        told.status, told.commit, told.journal_id, told.outcomes = Status.DONE, made.commit, journal.id, made.outcomes
        told.after = made.notes
        todo = closing_list(told.moving.plan, made.outcomes, journal, self.around.home, self.around.environ)
        last = todo.pop()  # how to take it back
        # What everybody else does, they read in the guide.
        todo = [each for each in todo if not (isinstance(each, Todo) and each.typed.startswith(ADDS))]
        if told.moving.hook_command:
            todo.append(Todo(f"let git start the check, in {report.typed(told.folder)}", told.moving.hook_command))
        todo.append(f"look at the commit in {report.typed(told.folder)}, then push the branch {self.branch} yourself")
        told.todo = (*todo, last)

    def _tell(self, report: BranchReport) -> None:
        if self.output == "json":
            sys.stdout.writelines(render(branch_json(self.told, self.branch, self.problems, self.around.cwd), REDACTOR))
            return
        report.results(self.told)
        if self.chosen_store is not None:
            report.say(f"The vault is: {self.chosen_store.store.title}.")
            if self.chosen_store.caution:
                report.say(f"Mind: {self.chosen_store.caution}.")
        report.problems(self.problems)
        report.say(self._summary())
        todo = list(dict.fromkeys(item for each in self.told for item in each.todo))
        if todo:
            todo.append(Todo("once it is merged, everybody else types, in the repository", "unsprawl team join"))
        report.todo(todo)

    def _summary(self) -> str:
        done = sum(each.status is Status.DONE for each in self.told)
        would = sum(each.status is Status.WOULD for each in self.told)
        nothing = sum(each.status is Status.NOTHING for each in self.told)
        not_done = len(self.told) - done - would - nothing
        kept = f"; {count(not_done, 'repository stays', 'repositories stay')} as before" if not_done else ""
        if self.looking:
            return f"{count(would, 'repository', 'repositories')} would get a commit{kept}. Nothing was changed."
        if not done and not not_done:
            return "Nothing to move in these repositories."
        there = " The old keys are still in the history: replace them." if done else ""
        return f"{count(done, 'repository has', 'repositories have')} a commit on {self.branch}{kept}.{there}"

    def _exit(self) -> Exit:
        """As of `migrate`: 0 all, 1 some and not others, 4 none, 3 all that was found, not everything readable."""
        done = any(each.status in (Status.DONE, Status.WOULD) for each in self.told)
        short = any(each.status in (Status.REFUSED, Status.FAILED, Status.SKIPPED) for each in self.told)
        stays = any(each.moving is not None and each.moving.open for each in self.told)
        if self.looking and (done or stays):
            return Exit.FOUND
        if short or stays:
            return Exit.FOUND if done else Exit.NOT_APPLIED
        return Exit.INCOMPLETE if self.problems else Exit.CLEAN
