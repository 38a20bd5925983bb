"""`unsprawl undo`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.journal import FileNote, Journal, State, journal, journals
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.offers import Offer, told
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.revoked import memory_or_none, restored_dead
from unsprawl.rewriters.undo import Accept, branch_back, undo
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.report.json_report import Json, render
from unsprawl.scanner.report.migration import MigrationReport, migration_json
from unsprawl.scanner.surroundings import Surroundings


@click.command("undo")
@click.argument("journal_id", metavar="[ID]", required=False)
@click.option("--all", "every", is_flag=True, help="Take back every migration, newest first.")
@click.option("--list", "listing", is_flag=True, help="Only show what can be taken back.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(journal_id: str | None, every: bool, listing: bool, yes: bool, output: str) -> int:
    """Take a migration back: the last one, or the one named, or all.

    Files become what they were, to the byte. Where a file has changed since, its entries are put back one by one; of an
    entry that was changed itself, what still is as `migrate` left it is offered, and with --yes put back.
    """
    around = Surroundings.here()
    if journal_id and every:
        raise UsageError("name a migration or say --all, not both")
    with exclusive():
        for line in recover(REDACTOR.learn):
            print(f"unsprawl: {line}", file=sys.stderr)
        newest_first = reversed([journal(journal_id)] if journal_id else list(journals()))
        chosen = [found for found in newest_first if found.in_force]
        if not every and not journal_id and not listing:
            chosen = chosen[:1]
        report = MigrationReport(*report_options(around))
        if listing:
            if output == "json":
                _write([], None, around, chosen)
            else:
                _list(chosen, report)
            return Exit.CLEAN
        if not chosen:
            if output == "json":
                _write([], None, around)
            print("Nothing to take back.", file=sys.stderr)
            return Exit.NOT_APPLIED if journal_id else Exit.CLEAN
        memory = memory_or_none()
        if any(restored_dead(file, memory) for found in chosen for file in _in_force(found)):
            print("A key that these files get back was revoked: what uses it will not work.", file=sys.stderr)
        if not yes:
            if output == "json" or not sys.stdin.isatty():
                raise UsageError("this is no terminal to ask on", hint="Add --yes to do it.")
            _list(chosen, report)
            report.gap()
            report.pause()
            click.confirm("Put these files back, with the secrets in them?", abort=True)
        outcomes: list[Outcome] = []
        told: list[str] = []
        for found in chosen:
            outcomes += undo(found, learn=REDACTOR.learn, accept=_take if yes else _ask(report))
            told += branch_back(found)
        if output == "json":
            _write(outcomes, chosen[0].id if len(chosen) == 1 else None, around, told=told)
        else:
            report.outcomes(outcomes)
            for line in told:
                report.say(line)
            _say_rotation(chosen)
    if all(outcome.status == "restored" for outcome in outcomes):
        return Exit.CLEAN
    some = any(outcome.status in ("restored", "todo") for outcome in outcomes)
    return Exit.FOUND if some else Exit.NOT_APPLIED


def _take(offer: Offer) -> bool:
    """`--yes`: whatever fits is put back; what does not is told."""
    return True


def _ask(report: MigrationReport) -> Accept:
    """Shows what can be put back of an entry that was changed since, and asks."""

    def asked(offer: Offer) -> bool:
        report.gap()
        report.line(report.text(offer.entry.entry, "bold"), "  ", report.path(offer.file, ""), rest="  ")
        report.line("was changed since its migration", first="  ")
        for line in told(offer):
            report.line(report.text(line), first="    ", rest="      ")
        report.gap()
        report.pause()
        return click.confirm("Put back what can be?", default=False)

    return asked


def _write(
    outcomes: list[Outcome],
    journal_id: str | None,
    around: Surroundings,
    listed: list[Journal] | None = None,
    told: Sequence[str] = (),
) -> None:
    document = migration_json("undo", Plan((), ()), outcomes, [], journal_id, [], around.cwd)
    if told:
        document["branches"] = list(told)
    if listed is not None:
        document["journals"] = [_journal_json(found) for found in listed]
    sys.stdout.writelines(render(document, REDACTOR))


def _journal_json(found: Journal) -> Json:
    files = [{"path": file.path, "entries": [entry.entry for entry in file.entries]} for file in _in_force(found)]
    return {"id": found.id, "created_at": found.created_at, "files": files}


def _in_force(found: Journal) -> list[FileNote]:
    return [file for file in found.files if file.state in (State.DONE, State.UNDOING)]


def _list(chosen: list[Journal], report: MigrationReport) -> None:
    for found in chosen:
        report.gap()
        report.line(report.text(found.id, "bold"), "  ", report.text(found.created_at, "dim"))
        for file in _in_force(found):
            names = ", ".join(entry.entry for entry in file.entries)
            report.line(report.path(file.path, ""), ": ", report.text(names), first="  ", rest="    ")
    if not chosen:
        report.say("There is no migration to take back.")


def _say_rotation(chosen: list[Journal]) -> None:
    undone = [file for found in chosen for file in found.files if file.state is State.UNDONE]
    if any(entry.rotate for file in undone for entry in file.entries):
        print("If you have replaced a key since, the file now holds the old, dead one.", file=sys.stderr)
