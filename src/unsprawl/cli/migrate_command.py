"""`unsprawl migrate`."""

from __future__ import annotations

import sys

import click

from unsprawl.broker.install import where
from unsprawl.cli.closing import closing_list
from unsprawl.cli.console import report_options
from unsprawl.cli.guided import choose_steps
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.own_policy import own, policy_option
from unsprawl.cli.own_rules import rules_option, use_own_rules
from unsprawl.cli.selection import examined
from unsprawl.cli.stores_command import store_option
from unsprawl.rewriters.apply import apply
from unsprawl.rewriters.journal import Journal, new_journal
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.planner import AUTO, TARGETS, Machine, make_plan
from unsprawl.rewriters.recover import recover
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Problem
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.migration import MigrationReport, migration_json
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.selection import folders_of
from unsprawl.scanner.sources.policies import PolicyFiles
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.suppress import tally
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file, places
from unsprawl.vault.choose import choose, store_named
from unsprawl.vault.records import list_records


@click.command("migrate")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--to", "target", type=click.Choice([AUTO, *TARGETS]), default=AUTO, show_default=True,
              help="Where the values go: `run` keeps them in the vault, `reference` names a variable.")  # fmt: skip
@click.option("--entry", "only", multiple=True, metavar="NAME", help="Only servers of this name; may be repeated.")
@rules_option
@policy_option
@store_option
@click.option("--yes", is_flag=True, help="Do it without asking. Starts no server and no host.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, change nothing.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(
    paths: tuple[str, ...],
    target: str,
    only: tuple[str, ...],
    own_rules: tuple[str, ...],
    policy: str | None,
    store: str | None,
    yes: bool,
    dry_run: bool,
    output: str,
) -> int:
    """Move secrets out of MCP configurations.

    Shows each entry with what would change, asks, and then stores the value, reads it back and edits the file. Every
    migration can be taken back with `unsprawl undo`.
    """
    use_own_rules(own_rules)
    around = Surroundings.here()
    with exclusive():
        for line in recover(REDACTOR.learn):
            print(f"unsprawl: {line}", file=sys.stderr)
        mine = own(policy, around)
        files, problems, root = examined(paths, around, mine)
        _known(only, files)
        # What is wrong with a policy was told already.
        policies = PolicyFiles(around, mine, [], paths=RealPaths(folders_of(paths, around)))
        plan = make_plan(files, machine(around), target, only, policies.demands)
        planned = len(plan.steps)
        loose = [] if only else [finding for file in files for finding in file.loose]
        open_ = planned + len(plan.refusals) + len(loose)
        asking = not yes and not dry_run and output == "terminal" and sys.stdin.isatty() and sys.stdout.isatty()
        report = MigrationReport(*report_options(around))
        journal = new_journal()
        outcomes: tuple[Outcome, ...] = ()
        if asking:
            plan = choose_steps(plan, report)
        elif output == "terminal":
            for file in plan.files:
                for step in file.steps:
                    report.step(file, step)
        if plan.steps and not dry_run and (yes or asking):
            chosen = choose(store or "")
            try:
                outcomes = apply(plan, journal, chosen.store, around)
            except KeyboardInterrupt:
                if journal.in_force:
                    print(f"unsprawl: to take back what was moved: unsprawl undo {journal.id}", file=sys.stderr)
                raise
        open_ -= sum(outcome.status == "done" for outcome in outcomes)
        todo = closing_list(plan, outcomes, journal, around.home, around.environ)
        if output == "json":
            journal_id = journal.id if journal.files else None
            document = migration_json("migrate", plan, outcomes, todo, journal_id, problems, root, loose)
            sys.stdout.writelines(render(document, REDACTOR))
        else:
            report.outcomes(outcomes)
            if any(keep.home == "vault" for step in plan.steps for keep in step.keeps) and outcomes:
                report.say(f"The vault is: {', '.join(_stores(journal)) or chosen.store.title}.")
            report.refusals(plan.refusals)
            report.loose(loose)
            report.problems(problems)
            silenced = tally(each for file in files for each in file.silenced)
            if silenced:
                report.say(f"{silenced}; they stay.")
            if not planned and not open_:
                report.say("Nothing to move. (`unsprawl scan` also looks into documents and programs.)")
            elif dry_run:
                moving = count(planned, "entry", "entries")
                staying = f", {open_ - planned} would stay" if open_ > planned else ""
                report.say(f"{moving} would be moved{staying}. Nothing was changed.")
            elif not outcomes:
                report.say("Nothing was changed.")
            elif open_:
                report.say(f"{count(open_, 'entry stays as it is', 'entries stay as they are')}.")
            report.todo(todo)
        if planned and not (yes or dry_run or asking):
            print("unsprawl: this is no terminal to ask on. Add --yes to move them.", file=sys.stderr)
        return exit_code(outcomes, open_, problems, dry_run=dry_run)


def _stores(journal: Journal) -> list[str]:
    """Where the values really are: what the chosen store cannot hold is in another one."""
    return sorted({store_named(note.store).title for note in journal.files if note.state.holds})


def _known(only: tuple[str, ...], files: list[Examined]) -> None:
    missing = set(only) - {found.entry.name for file in files for found in file.entries}
    if missing:
        raise UsageError(f"no such entry: {', '.join(sorted(missing))}", hint="`unsprawl scan` shows what there is.")


def machine(around: Surroundings) -> Machine:
    """This machine: where unsprawl is installed, and which names stand for values already."""
    taken = {name: Secret(value) for name, value in around.environ.items()}
    for name in env_file.names():
        value = env_file.get_variable(name)
        if value is not None:
            REDACTOR.learn([value])
            taken[name] = value
    refs = frozenset((record.project, record.ref) for record in list_records())
    return Machine(where(), taken, refs, moved_vault=places.OVERRIDE in around.environ)


def exit_code(outcomes: tuple[Outcome, ...], open_: int, problems: list[Problem], *, dry_run: bool) -> Exit:
    """0 all moved, 1 something moved and something stays, 4 nothing moved, 3 no more is known to stay but not all was
    readable."""
    if open_:
        done = any(outcome.status == "done" for outcome in outcomes)
        return Exit.FOUND if done or dry_run else Exit.NOT_APPLIED
    return Exit.INCOMPLETE if problems else Exit.CLEAN
