"""`unsprawl team join --undo`, and which repositories a join is about."""

from __future__ import annotations

import os
import sys

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.join_closing import write_document
from unsprawl.rewriters.joining.leave import joined_in, leave
from unsprawl.rewriters.lock import exclusive
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.report.join import JoinReport
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.surroundings import Surroundings, full_path
from unsprawl.vault.allow import project_root


def take_back(around: Surroundings, repositories: tuple[str, ...], *, yes: bool, output: str) -> Exit:
    """`--undo`: forget what joins stored for these repositories."""
    entries = joined_in([project_root(full_path(path, around)) for path in repositories_of(repositories, around)])
    report = JoinReport(*report_options(around))
    stored = [each for each in entries if each.ref or each.variables or each.logged_in]
    if stored and not yes:
        if output == "json" or not sys.stdin.isatty():
            raise UsageError("this is no terminal to ask on", hint="Add --yes to do it.")
        names = ", ".join(each.entry for each in stored)
        report.line(report.text(f"Your values for {names} go; the shared files stay as they are."))
        report.pause()
        click.confirm("Forget them?", abort=True)
    with exclusive():
        outcomes = leave(entries)
    if output == "json":
        write_document([], outcomes, [], [], around.cwd)
    else:
        report.outcomes(outcomes)
        report.say(
            "The entries themselves are everybody's, and wait for a key again." if stored else "Nothing was stored."
        )
    return Exit.NOT_APPLIED if any(each.status == "failed" for each in outcomes) else Exit.CLEAN


def repositories_of(named: tuple[str, ...], around: Surroundings) -> tuple[str, ...]:
    """The folders that are meant. Raises UsageError for one that is none."""
    for path in named:
        if not os.path.isdir(full_path(path, around)):
            raise UsageError(f"{path} is no folder", hint="Name the folder of a repository.")
    here = repository_of(around.cwd)
    if not named and here is None:
        raise UsageError("this is no repository", hint="Go to one, or name its folder.")
    return named or (str(here),)
