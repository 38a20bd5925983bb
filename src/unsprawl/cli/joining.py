"""A whole join: look, ask about each entry, store what is given, verify all, tell what comes next."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from shlex import join

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.guided_store import store_by_key
from unsprawl.cli.join_closing import closing, write_document
from unsprawl.cli.join_questions import Answers, Left
from unsprawl.cli.join_undo import repositories_of
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.cli.starting import Confirm, started
from unsprawl.rewriters.joining.entries import is_own, route
from unsprawl.rewriters.joining.ledger import note
from unsprawl.rewriters.joining.model import Need, Wanted, Way
from unsprawl.rewriters.joining.own_values import own_values
from unsprawl.rewriters.joining.survey import Item, Survey, noted
from unsprawl.rewriters.joining.take import bind_again, store_record, store_variables
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.logins import logged_in
from unsprawl.rewriters.outcome import Outcome, Status, said
from unsprawl.rewriters.shell_profile import loading_command
from unsprawl.rewriters.todo import Todo
from unsprawl.rewriters.verify import outcome, verify_login
from unsprawl.scanner.discover import host_files
from unsprawl.scanner.errors import Exit, UnsprawlError, UsageError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Problem
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.report.join import JoinReport
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.selection import folders_of
from unsprawl.scanner.sources.policies import PolicyFiles
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.choose import Choice, choose, store_named
from unsprawl.vault.guarded import reason as guarded
from unsprawl.vault.record import Destination
from unsprawl.vault.records import Record


@dataclass(slots=True)
class Join:
    """What the command line asks for, and what becomes of it."""

    around: Surroundings
    repositories: tuple[str, ...]
    only: tuple[str, ...]
    names: Mapping[str, Sequence[str]]
    sent: tuple[Destination, ...]
    policy: Policy | None
    confirmed: Collection[str]
    from_stdin: bool
    found: bool
    store_id: str
    looking: bool
    asking: bool
    starting: bool
    yes: bool
    output: str
    chosen: Choice | None = None
    stored: list[Item] = field(default_factory=list)
    """Entries for which something was stored or bound now."""
    exported: bool = False
    """Something went into the file of variables."""
    started: list[Outcome] = field(default_factory=list)
    trusted: set[tuple[str, str]] = field(default_factory=set)
    """Entries that their user said yes to now."""
    _files_of_user: list[Examined] | None = None
    _made: list[Record] = field(default_factory=list)
    """Records that were stored now: offered where another repository has the very same command."""

    def run(self) -> Exit:
        """All of it; answers the exit code."""
        paths = repositories_of(self.repositories, self.around)
        files, problems, root = examined(paths, self.around, self.policy)
        # What is wrong with a policy was told already.
        policies = PolicyFiles(self.around, self.policy, [], paths=RealPaths(folders_of(paths, self.around)))
        survey = Survey(self.around, policies.demands, self.sent)
        items = self._wanted(survey.items(files, self.names))
        report = JoinReport(*report_options(self.around))
        if self.looking:
            return self._look(report, items, problems, root)
        theirs = (file for file in files if file.file.shared and any(file.secrets) and not is_own(file))
        team = frozenset(finding.secret for file in theirs for finding in file.secrets) | self._once(paths, items)
        answers = Answers(
            report, self.asking, self.confirmed, self._given(items), self.found,
            lambda wanted, name: own_values(
                wanted, name, self.around, self._own_files(), (*self._made, *survey.records), team
            ),
            self.sent, team,
        )  # fmt: skip
        outcomes: list[Outcome] = []
        try:
            with exclusive():
                open_ = sum(item.asks for item in items)
                number = 0
                for item in items:
                    number += item.asks
                    outcomes.append(self._each(item, survey, answers, report, f"{number} of {open_}"))
        except (KeyboardInterrupt, click.Abort):
            kept = "what was stored so far stays" if self.stored else "nothing was stored"
            print(f"\nunsprawl: {kept}", file=sys.stderr)
            raise
        if self.starting:
            self._start(items, outcomes)
        self._tell(report, items, outcomes, answers, problems, root)
        return self._exit(outcomes, problems)

    def _once(self, paths: Sequence[str], items: Sequence[Item]) -> frozenset[Secret]:
        """What stood in the repositories' configuration before, as far as git tells; looked up where a key is wanted.

        The copy of such a key in somebody's own files is the team's, and is known to whoever has the history.
        """
        if not any(item.asks and item.standing.need is Need.VALUE for item in items):
            return frozenset()
        if not (self.asking or self.found or self.from_stdin):
            return frozenset()
        from unsprawl.scanner.history.scan import HistoryOptions, scan_history

        secrets: set[Secret] = set()
        for path in paths:
            with suppress(UnsprawlError):  # no repository, or one that git does not read: then there is nothing to know
                found = scan_history(HistoryOptions(path, paths_only=True), self.around).findings
                secrets.update(finding.secret for finding in found)
        REDACTOR.learn(secrets)
        return frozenset(secrets)

    def _wanted(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        there = {item.wanted.found.entry.name for item in items}
        missing = (set(self.only) | set(self.names)) - there
        if missing:
            hint = "`unsprawl team join --dry-run` shows what there is."
            raise UsageError(f"no such shared entry: {', '.join(sorted(missing))}", hint=hint)
        unknown = set(self.confirmed) - {item.digest for item in items}
        if unknown:
            raise UsageError(
                f"no entry is as --confirm {sorted(unknown)[0][:40]} says: it has changed since it was looked at",
                hint="Look again: `unsprawl team join --dry-run`.",
            )
        return tuple(item for item in items if not self.only or item.wanted.found.entry.name in self.only)

    def _given(self, items: Sequence[Item]) -> Secret | None:
        """The one value of standard input. Raises UsageError unless one value is missing in what was confirmed."""
        if not self.from_stdin:
            return None
        lacking = [item for item in items if item.digest in self.confirmed and item.standing.need is Need.VALUE]
        if sum(len(item.standing.missing) or 1 for item in lacking) != 1:
            raise UsageError(
                "--stdin is for one missing value of one entry", hint="Say which with --confirm; --dry-run shows it."
            )
        secret = Secret(sys.stdin.read().removesuffix("\n").removesuffix("\r"))
        REDACTOR.learn([secret])
        return secret

    def _own_files(self) -> list[Examined]:
        """The files of the user's own hosts: read when somebody asks for what is in them."""
        if self._files_of_user is None:
            own = tuple(file.path for file in host_files(self.around) if not file.shared)
            self._files_of_user = examined(own, self.around)[0] if own else []
        return self._files_of_user

    def _each(self, item: Item, survey: Survey, answers: Answers, report: JoinReport, which: str) -> Outcome:
        """What becomes of one entry."""
        item = survey.item(item.wanted)  # another entry may have been given the same since
        wanted = item.wanted
        if not item.open:
            hint = f". {wanted.hint}" if wanted.hint else ""
            return self._outcome(item, "refused", f"{item.standing.reason}{hint}")
        if not item.asks:
            return self._standing(item)
        try:
            if wanted.way is Way.RUN and not wanted.variables:
                item = survey.item(_called(wanted, answers.name_for(item), self.sent))
            if not answers.trusts(item, which):
                return self._untrusted(item)
            self._give(item, answers, report)
        except Left as left:
            return self._outcome(item, "skipped" if self.asking else "todo", str(left))
        except UnsprawlError as error:
            return self._outcome(item, "failed", said(error))
        return self._standing(item)

    def _untrusted(self, item: Item) -> Outcome:
        if self.asking:
            ready = item.standing.need is Need.NOTHING and item.wanted.variables
            mind = "; its host would give it what is set here, so do not approve it there" if ready else ""
            return self._outcome(item, "skipped", f"left as it is: nothing of yours was given to it{mind}")
        why = f"{count(len(item.unusual), 'unusual thing', 'unusual things')} about it; " if item.unusual else ""
        return self._outcome(item, "todo", f"{why}look at it with --dry-run, then: --confirm {item.digest}")

    def _give(self, item: Item, answers: Answers, report: JoinReport) -> None:
        """Store what the entry lacks, or bind it. Raises Left or UnsprawlError."""
        wanted, need = item.wanted, item.standing.need
        self.trusted.add(wanted.place)
        known = item.known or noted(item)
        if need is Need.COMMAND:
            bind_again(wanted, self.around)
        elif need is Need.VALUE and wanted.way is Way.RUN:
            values = {name: answers.value(wanted, name) for name in wanted.variables}
            assert wanted.run is not None
            wire = [answers.destination(wanted, name, values[name]) for name in values] if wanted.run.wire else []
            choice = self._store(report)
            record = store_record(wanted, values, wire, self.around, choice.store if choice.named else None)
            if record.store != choice.store.id:
                self.chosen = replace(choice, store=store_named(record.store), caution="")
            self._made.append(record)
            known = known._replace(ref=record.ref, made=record.created_at)
        elif need is Need.VALUE:
            for name in item.standing.missing:
                if why := guarded(name):
                    raise Left(f"{name} {why}: set it yourself, it is no place for a secret")
            values = {name: answers.value(wanted, name) for name in item.standing.missing}
            store_variables(values)
            known, self.exported = known._replace(variables=(*known.variables, *values)), True
        if need in (Need.VALUE, Need.COMMAND):
            self.stored.append(item)
        note(known._replace(seen=item.digest))

    def _store(self, report: JoinReport) -> Choice:
        if self.chosen is None:
            self.chosen = store_by_key(report) if self.asking and not self.store_id else choose(self.store_id)
        return self.chosen

    def _is_trusted(self, item: Item) -> bool:
        return not item.unusual or item.seen or item.wanted.place in self.trusted

    def _standing(self, item: Item) -> Outcome:
        """As `verify` sees the entry now."""
        wanted = item.wanted
        if item.standing.need is Need.HAND:
            return self._outcome(item, "todo", item.standing.reason)
        known = item.known
        if wanted.way is Way.LOGIN and known is not None and known.logged_in and item.seen:
            hosts = " and ".join(each.name for each in wanted.owners)
            return self._outcome(item, "done", f"{hosts} said on {known.logged_in} that it had logged in")
        checked = verify_login(wanted.found, wanted.file, self.around)
        return replace(checked, target="join")

    def _outcome(self, item: Item, status: Status, reason: str) -> Outcome:
        return replace(outcome(item.wanted.found, status, reason), target="join")

    def _start(self, items: Sequence[Item], outcomes: Sequence[Outcome]) -> None:
        """The logins of hosts, and then each server that is ready, as `verify --start` does it."""
        standing = list(zip(items, outcomes, strict=True))
        today = datetime.now(UTC).date().isoformat()
        for item, each in standing:
            if item.wanted.way is Way.LOGIN and each.status == "todo" and self._is_trusted(item):
                answered = list(logged_in(item.wanted.found, self.around, Confirm(self.yes), _relay))
                self.started += [self._outcome(item, *answer) for answer in answered]
                if answered and all(status == "done" for status, _ in answered):
                    note((item.known or noted(item))._replace(seen=item.digest, logged_in=today))
        ready = [(item.wanted.found, each) for item, each in standing if each.status == "done"]
        self.started += started(ready, self.around, yes=self.yes)

    def _look(self, report: JoinReport, items: Sequence[Item], problems: list[Problem], root: str) -> Exit:
        lacking = [item for item in items if item.asks or item.standing.need not in (Need.NOTHING, Need.LOGIN)]
        if self.output == "json":
            write_document(items, [], [], problems, root)
        else:
            for item in items:
                report.entry(item)
                if item.asks and item.open:
                    report.confirmable(item)
            report.problems(problems)
            report.say(f"{_of(items, 'lacks', 'lack', len(lacking))}. Nothing was changed.")
        return Exit.FOUND if lacking else Exit.INCOMPLETE if problems else Exit.CLEAN

    def _tell(
        self,
        report: JoinReport,
        items: Sequence[Item],
        outcomes: Sequence[Outcome],
        answers: Answers,
        problems: list[Problem],
        root: str,
    ) -> None:
        standing = list(zip(items, outcomes, strict=True))
        logins = [item for item, each in standing if each.status == "todo" and self._is_trusted(item)]
        ready = [item for item, each in standing if each.status == "done"]
        loading = loading_command(self.around.home, self.around.environ) if self.exported else None
        todo = closing(self.around, ready if self.stored else [], logins, answers.used, loading or "")
        if self.stored:
            typed = join(["unsprawl", "team", "join", "--undo", *self.repositories])
            todo.append(Todo("to take back what was stored", typed))
        if self.output == "json":
            write_document(items, [*outcomes, *self.started], todo, problems, root)
            return
        report.joined([*outcomes, *self.started])
        if self.chosen is not None:
            report.say(f"The vault is: {self.chosen.store.title}.")
            if self.chosen.caution:
                report.say(f"Mind: {self.chosen.caution}.")
        report.problems(problems)
        if not items:
            report.say("No shared entry here takes anything from this machine.")
        report.todo(todo)

    def _exit(self, outcomes: Sequence[Outcome], problems: Sequence[Problem]) -> Exit:
        """0 all ready; 1 some are, or something was stored, and something stays or fails; 4 nothing was stored and
        something is refused, left or fails; 3 no more than a login or a look is left, or not all could be read."""
        every = [*outcomes, *self.started]
        if any(
            each.status in ("refused", "failed") or (each.status == "skipped" and each in outcomes) for each in every
        ):
            return Exit.FOUND if self.stored or any(each.status == "done" for each in outcomes) else Exit.NOT_APPLIED
        return Exit.INCOMPLETE if problems or any(each.status != "done" for each in every) else Exit.CLEAN


def _called(wanted: Wanted, name: str, sent: Sequence[Destination]) -> Wanted:
    """The same, once its user has said what its server reads."""
    said = wanted._replace(variables=(name,), said_by="you say")
    wired = said.run is not None and said.run.wire
    return said._replace(routes=(route(said, name, None, sent),) if wired else ())


def _of(items: Sequence[Item], one: str, many: str, lacking: int) -> str:
    return f"{lacking} of {count(len(items), 'entry', 'entries')} {one if lacking == 1 else many} something here"


def _relay(line: str) -> None:
    print(f"  {REDACTOR.clean(line)}", file=sys.stderr, flush=True)
