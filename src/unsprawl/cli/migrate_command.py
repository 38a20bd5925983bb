"""`unsprawl migrate`."""

from __future__ import annotations

import sys

import click

from unsprawl.broker.install import where
from unsprawl.cli.console import console_for
from unsprawl.cli.guided import choose_steps
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.rewriters.apply import Outcome, apply
from unsprawl.rewriters.journal import Journal, new_journal
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.planner import AUTO, TARGETS, Machine, make_plan
from unsprawl.rewriters.shell_profile import loading_hint
from unsprawl.rewriters.undo import recover
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Problem
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.migration import MigrationReport, migration_json
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file
from unsprawl.vault.choose import choose


@click.command("migrate")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--to", "target", type=click.Choice([AUTO, *TARGETS]), default=AUTO, show_default=True,
              help="Where the values go: `run` keeps them in the vault, `reference` names a variable.")  # fmt: skip
@click.option("--entry", "only", multiple=True, metavar="NAME", help="Only servers of this name; may be repeated.")
@click.option("--yes", is_flag=True, help="Do it without asking. Starts no server and no host.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, change nothing.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(
    paths: tuple[str, ...], target: str, only: tuple[str, ...], yes: bool, dry_run: bool, output: str
) -> int:
    """Move secrets out of MCP configurations.

    Shows each entry with what would change, asks, and then stores the value, reads it back and edits the file. Every
    migration can be taken back with `unsprawl undo`.
    """
    around = Surroundings.here()
    with exclusive():
        for line in recover(REDACTOR.learn):
            print(f"unsprawl: {line}", file=sys.stderr)
        files, problems, root = examined(paths, around)
        plan = make_plan(files, machine(around), target, only)
        asking = not yes and not dry_run and output == "terminal" and sys.stdin.isatty() and sys.stdout.isatty()
        report = MigrationReport(console_for(sys.stdout), REDACTOR, around.home)
        journal = new_journal()
        outcomes: tuple[Outcome, ...] = ()
        if asking:
            plan = choose_steps(plan, report, root)
        elif output == "terminal":
            for file in plan.files:
                for step in file.steps:
                    report.step(file, step, REDACTOR, root)
        if plan.steps and not dry_run and (yes or asking):
            chosen = choose()
            outcomes = apply(plan, journal, chosen.store, around)
        todo = closing_list(plan, journal, around) if any(o.status == "done" for o in outcomes) else []
        if output == "json":
            journal_id = journal.id if journal.files else None
            document = migration_json("migrate", plan, outcomes, todo, journal_id, problems, root)
            sys.stdout.write(render(document, REDACTOR))
        else:
            report.outcomes(outcomes, root)
            report.refusals(plan.refusals, root)
            report.problems(problems, root)
            _say_rest(plan, outcomes, dry_run=dry_run, asked=yes or asking)
            report.todo(todo)
        return exit_code(plan, outcomes, problems, dry_run=dry_run)


def machine(around: Surroundings) -> Machine:
    """This machine: where unsprawl is installed, and which names stand for values already."""
    taken = {name: Secret(value) for name, value in around.environ.items()}
    for name in env_file.names():
        value = env_file.get_variable(name)
        if value is not None:
            REDACTOR.learn([value])
            taken[name] = value
    return Machine(where(), taken)


def exit_code(plan: Plan, outcomes: tuple[Outcome, ...], problems: list[Problem], *, dry_run: bool) -> Exit:
    """0 all moved, 1 something moved and something stays, 4 nothing moved, 3 nothing to do but not all was readable."""
    done = sum(outcome.status == "done" for outcome in outcomes)
    open_ = len(plan.steps) - done + len(plan.refusals)
    if done:
        return Exit.FOUND if open_ else Exit.CLEAN
    if open_:
        return Exit.FOUND if dry_run else Exit.NOT_APPLIED
    return Exit.INCOMPLETE if problems else Exit.CLEAN


def closing_list(plan: Plan, journal: Journal, around: Surroundings) -> list[str]:
    """What only a person can do: load variables, restart hosts, replace the keys that stood in a file."""
    todo = []
    if any(keep.home == "shell" for step in plan.steps for keep in step.keeps):
        hint = loading_hint(around.home, around.environ)
        todo += [f"let your shell load the variables: {hint}"] if hint else []
    todo += list(dict.fromkeys(item for step in plan.steps for item in step.todo))
    names = dict.fromkeys(host(host_id).name for step in plan.steps for host_id in step.found.entry.hosts)
    todo.append(f"restart {', '.join(names)}")
    pages: dict[str, str] = {}
    for file in journal.files:
        for entry in file.entries:
            pages |= {what: page for what, page in entry.rotate}
    for what, page in pages.items():
        where_to = f": {page}" if page else " at its provider"
        todo.append(f"make a new key and revoke the old one, it stood in a file ({what}){where_to}")
    todo.append(f"to take it all back: unsprawl undo {journal.id}")
    return todo


def _say_rest(plan: Plan, outcomes: tuple[Outcome, ...], *, dry_run: bool, asked: bool) -> None:
    if not plan.steps and not plan.refusals:
        print("Nothing to move.")
    elif dry_run:
        print(f"{len(plan.steps)} would be moved, {len(plan.refusals)} would stay. Nothing was changed.")
    elif not asked and plan.steps:
        print("Nothing was changed: this is no terminal to ask on. Add --yes to do it.", file=sys.stderr)
    elif not outcomes:
        print("Nothing was changed.")


