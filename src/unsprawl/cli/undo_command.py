"""`unsprawl undo`."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.console import console_for
from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.apply import Outcome
from unsprawl.rewriters.journal import Journal, State, journal, journals
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.undo import recover, undo
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.migration import MigrationReport, migration_json
from unsprawl.scanner.surroundings import Surroundings


@click.command("undo")
@click.argument("journal_id", metavar="[ID]", required=False)
@click.option("--all", "every", is_flag=True, help="Take back every migration, newest first.")
@click.option("--list", "listing", is_flag=True, help="Only show what can be taken back.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(journal_id: str | None, every: bool, listing: bool, yes: bool, output: str) -> int:
    """Take a migration back: the last one, or the one named, or all. Files become what they were, to the byte."""
    around = Surroundings.here()
    if journal_id and every:
        raise UsageError("name a migration or say --all, not both")
    with exclusive():
        for line in recover(REDACTOR.learn):
            print(f"unsprawl: {line}", file=sys.stderr)
        chosen = [journal(journal_id)] if journal_id else [found for found in reversed(list(journals())) if found.in_force]
        if not every and not journal_id and not listing:
            chosen = chosen[:1]
        report = MigrationReport(console_for(sys.stdout), REDACTOR, around.home)
        if listing:
            _list(chosen, report, around.home)
            return Exit.CLEAN
        if not any(found.in_force for found in chosen):
            print("Nothing to take back.", file=sys.stderr)
            return Exit.NOT_APPLIED if journal_id else Exit.CLEAN
        if not yes:
            if output == "json" or not sys.stdin.isatty():
                raise UsageError("this is no terminal to ask on", hint="Add --yes to do it.")
            _list(chosen, report, around.home)
            click.confirm("Put these files back, with the secrets in them?", abort=True)
        outcomes: list[Outcome] = []
        for found in chosen:
            outcomes += undo(found, learn=REDACTOR.learn)
        if output == "json":
            shown = chosen[0].id if len(chosen) == 1 else None
            document = migration_json("undo", Plan((), ()), outcomes, [], shown, [], around.cwd)
            sys.stdout.write(render(document, REDACTOR))
        else:
            report.outcomes(outcomes, around.cwd)
            _say_rotation(chosen)
    restored = sum(outcome.status == "restored" for outcome in outcomes)
    if restored == len(outcomes):
        return Exit.CLEAN
    return Exit.FOUND if restored else Exit.NOT_APPLIED


def _list(chosen: list[Journal], report: MigrationReport, home: str) -> None:
    for found in chosen:
        print(f"{found.id}  {found.created_at}")
        for file in found.files:
            if file.state in (State.DONE, State.UNDOING):
                names = ", ".join(str(report.text(entry.entry)) for entry in file.entries)
                print(f"  {report.path(file.path, home, '')}: {names}")


def _say_rotation(chosen: list[Journal]) -> None:
    kinds = {what for found in chosen for file in found.files if file.state is State.UNDONE for e in file.entries for what, _ in e.rotate}
    if kinds:
        print("If you have replaced a key since, the file now holds the old, dead one.", file=sys.stderr)
