"""`unsprawl verify`."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.cli.starting import can_start, started
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.migration import MigrationReport, migration_json
from unsprawl.scanner.surroundings import Surroundings


@click.command("verify")
@click.argument("entries", nargs=-1)
@click.option("--path", "paths", multiple=True, type=click.Path(), help="Look at these files or folders instead.")
@click.option(
    "--start", is_flag=True, help="Also start each server and list its tools, and let the host load its files."
)
@click.option("--yes", is_flag=True, help="With --start: do not ask before each command.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(entries: tuple[str, ...], paths: tuple[str, ...], start: bool, yes: bool, output: str) -> int:
    """Check that migrated entries are clean and still work.

    Without ENTRIES: every entry that takes a value from the vault or a variable. Nothing is started unless --start says
    so; each command is shown first. No tool is ever called.
    """
    around = Surroundings.here()
    files, problems, root = examined(paths, around)
    results = verify(files, around, entries)
    missing = set(entries) - {found.entry.name for found, _ in results}
    if missing:
        raise UsageError(f"no such entry: {', '.join(sorted(missing))}", hint="`unsprawl scan` shows what there is.")
    outcomes = [outcome for _, outcome in results]
    if start:
        can_start()
        if not yes and not sys.stdin.isatty():
            raise UsageError("this is no terminal to ask on", hint="Add --yes to start the servers.")
        outcomes += started(results, around, yes=yes)
    if output == "json":
        document = migration_json("verify", Plan((), ()), outcomes, [], None, problems, root)
        sys.stdout.writelines(render(document, REDACTOR))
    else:
        report = MigrationReport(*report_options(around))
        report.outcomes(outcomes)
        report.problems(problems)
        if not outcomes:
            report.say("No entry takes a value from the vault or a variable.")
    if any(outcome.status == "failed" for outcome in outcomes):
        return Exit.FOUND
    return (
        Exit.INCOMPLETE
        if problems or any(outcome.status in ("todo", "skipped") for outcome in outcomes)
        else Exit.CLEAN
    )
