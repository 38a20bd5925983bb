"""`--start`: what `verify` and `migrate` do to see that migrated servers still start and hosts still load them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.start import start_entry, start_hosts
from unsprawl.rewriters.tool_lists import noted_tools
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.oauth.login.sdk import hint, usable
from unsprawl.scanner.surroundings import Surroundings


def can_start() -> None:
    """Raises UsageError where servers cannot be asked at all."""
    if not usable():
        raise UsageError("--start needs the MCP SDK, which is not installed, or too old", hint=hint())


def started(results: Sequence[tuple[ExaminedEntry, Outcome]], around: Surroundings, *, yes: bool) -> list[Outcome]:
    """Start each server whose entry is in order, and let the hosts load them; each command is shown first."""
    outcomes: list[Outcome] = []
    for found, outcome in results:
        if outcome.status != "failed":
            before = noted_tools(found.entry)
            outcomes += start_entry(found, around, Confirm(yes), before=before, learn=REDACTOR.learn)
    return outcomes + start_hosts([found for found, _ in results], around, Confirm(yes))


class Confirm:
    """Shows a command, or the address of a remote server, and asks whether to start or to call it."""

    def __init__(self, yes: bool) -> None:
        self._yes = yes

    def __call__(self, shown: str) -> bool:
        remote = shown.startswith(("http://", "https://"))
        print(f"{'calling' if remote else 'starting'}: {REDACTOR.clean(shown)}", file=sys.stderr)
        return self._yes or click.confirm("Call it?" if remote else "Start it?", default=True, err=True)
