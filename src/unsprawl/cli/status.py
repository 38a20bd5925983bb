"""`unsprawl migrate --status`: every migration of this machine; settles what a killed run left."""

from __future__ import annotations

import sys
from dataclasses import replace

from unsprawl.cli.closing import rotations
from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.journal import State, folder
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.status import MigrationStatus, Standing, status
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.errors import Exit, UnsprawlError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.migration import migration_json
from unsprawl.scanner.report.status_report import StatusReport, status_json
from unsprawl.scanner.surroundings import Surroundings


def show_status(around: Surroundings, output: str) -> Exit:
    """Tell how everything stands. 3 when something could not be told or settled, else 0."""
    settled, problems = _settled()
    found: list[MigrationStatus] = []
    for each in status():
        if isinstance(each, Problem):
            problems.append(each)
        else:
            found.append(each)
    todo = _todo(found)
    if output == "json":
        document = migration_json("migrate", Plan((), ()), [], todo, None, problems, around.cwd)
        document["migrations"] = status_json(found, around.cwd)
        document["settled"] = list(settled)
        sys.stdout.writelines(render(document, REDACTOR))
    else:
        for line in settled:
            print(f"unsprawl: {line}", file=sys.stderr)
        report = StatusReport(*report_options(around))
        report.migrations(found)
        report.problems(problems)
        report.say(_summary(found))
        report.todo(todo)
    unsettled = any(file.state.unsettled for each in found for file in each.files)
    return Exit.INCOMPLETE if problems or unsettled else Exit.CLEAN


def _settled() -> tuple[tuple[str, ...], list[Problem]]:
    """What was done about killed runs, and what keeps that from being done."""
    try:
        with exclusive():
            return recover(REDACTOR.learn), []
    except UnsprawlError as error:  # another unsprawl works, perhaps waits for an answer; or a journal is damaged
        message = f"killed runs were not settled: {error.message}"
        return (), [Problem(str(folder()), "not-settled", message, error.hint)]


def _todo(found: list[MigrationStatus]) -> list[str]:
    entries = [entry for each in found for file in each.files for entry in file.entries]
    todo = rotations(replace(entry.note, rotate=[[*each] for each in entry.rotate]) for entry in entries)
    todo += [
        Todo("look at what can be put back, and take back the rest", f"unsprawl undo {each.journal.id}")
        for each in found
        if any(
            file.state in (Standing.CHANGED, Standing.INTERRUPTED) and _holds(file.note.state) for file in each.files
        )
    ]
    return todo


def _holds(state: State) -> bool:
    return state in (State.DONE, State.UNDOING)


def _summary(found: list[MigrationStatus]) -> str:
    states = [entry.state for each in found for file in each.files for entry in file.entries]
    if not states:
        return "Nothing was ever migrated here."
    settled = (Standing.ROLLED_BACK, Standing.UNDONE, Standing.PUT_BACK)
    moved = sum(state not in settled for state in states)
    undone = sum(state in (Standing.UNDONE, Standing.PUT_BACK) for state in states)
    back = f", {undone} of them back where they were" if undone else ""
    never = sum(state is Standing.ROLLED_BACK for state in states)
    stopped = f"; {never} never moved" if never else ""
    return f"{count(len(found), 'migration')}: {count(moved + undone, 'entry', 'entries')} moved{back}{stopped}."
