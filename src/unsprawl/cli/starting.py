"""`--start`: what `verify` and `migrate` do to see that migrated servers still start and hosts still load them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.logins import is_login, standing_logins
from unsprawl.rewriters.logins import logged_in as logins_of
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.start import start_entry, start_hosts
from unsprawl.rewriters.tool_lists import noted_tools
from unsprawl.rewriters.verify import outcome
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
    for found, verified in results:
        if verified.status != "failed":
            before = noted_tools(found.entry)
            outcomes += start_entry(found, around, Confirm(yes), before=before, learn=REDACTOR.learn)
    return outcomes + start_hosts([found for found, _ in results], around, Confirm(yes))


def logged_in(entries: Sequence[ExaminedEntry], around: Surroundings, *, yes: bool) -> list[Outcome]:
    """Run the hosts' own login for the entries that a migration made ask for one; each command is shown first."""
    logins = standing_logins()
    return [
        outcome(found, *answer)
        for found in entries
        if is_login(found, logins)
        for answer in logins_of(found, around, Confirm(yes), _relay)
    ]


def _relay(line: str) -> None:
    """What a host says while somebody logs in: the address to open, most of all."""
    print(f"  {REDACTOR.clean(line)}", file=sys.stderr, flush=True)


class Confirm:
    """Shows a command, or the address of a remote server, and asks whether to start or to call it."""

    def __init__(self, yes: bool) -> None:
        self._yes = yes

    def __call__(self, shown: str) -> bool:
        remote = shown.startswith(("http://", "https://"))
        print(f"{'calling' if remote else 'starting'}: {REDACTOR.clean(shown)}", file=sys.stderr)
        return self._yes or click.confirm("Call it?" if remote else "Start it?", default=True, err=True)
