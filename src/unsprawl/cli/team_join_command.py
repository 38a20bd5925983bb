"""`unsprawl team join`."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.join_undo import take_back
from unsprawl.cli.joining import Join
from unsprawl.cli.own_policy import own, policy_option
from unsprawl.cli.sections import Sectioned
from unsprawl.cli.starting import can_start
from unsprawl.cli.stores_command import store_option
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.destination_text import destination_of

SECTIONS = {
    "Which entries, and what is known of them": ("--entry", "--variable", "--sent", "--policy"),
    "Look first": ("--dry-run",),
    "In a script": ("--confirm", "--stdin", "--found"),
    "Do it": ("--store", "--start", "--undo", "--yes", "--format"),
}


@click.command("join", cls=Sectioned, sections=SECTIONS, short_help="Store your own keys for entries of shared files.")
@click.argument("repositories", nargs=-1, type=click.Path(), metavar="[REPO]...")
@click.option("--entry", "only", multiple=True, metavar="NAME", help="Only entries of this name; may be repeated.")
@click.option(
    "--variable", "named", multiple=True, metavar="ENTRY=NAME",
    help="What the server of an entry reads, where neither the catalogue nor MIGRATION.md says it; may be repeated.",
)  # fmt: skip
@click.option(
    "--sent", multiple=True, metavar="NAME=PLACES@HOSTS",
    help="For `run --wire`: where the key in NAME may be sent, if no rule tells it: ACME_KEY=header@api.acme.example",
)  # fmt: skip
@policy_option
@click.option("--dry-run", is_flag=True, help="Show each entry and what is missing, change nothing.")
@click.option(
    "--confirm", "confirmed", multiple=True, metavar="DIGEST",
    help="Say yes to one entry as --dry-run showed it here; as soon as anything in it changes, this means nothing.",
)  # fmt: skip
@click.option("--stdin", "from_stdin", is_flag=True, help="The one missing value of one entry is on standard input.")
@click.option("--found", is_flag=True, help="Use the value that lies on this machine already, where it is one alone.")
@store_option
@click.option("--start", is_flag=True, help="Then run the logins of hosts, and start each server as `verify --start`.")
@click.option("--undo", is_flag=True, help="Forget what joins stored for these repositories.")
@click.option("--yes", is_flag=True, help="With --start or --undo: do not ask. It answers for no entry.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def join(
    repositories: tuple[str, ...],
    only: tuple[str, ...],
    named: tuple[str, ...],
    sent: tuple[str, ...],
    policy: str | None,
    dry_run: bool,
    confirmed: tuple[str, ...],
    from_stdin: bool,
    found: bool,
    store: str | None,
    start: bool,
    undo: bool,
    yes: bool,
    output: str,
) -> int:
    """Store your own keys for the entries that others moved in shared files.

    Without REPO: the current repository. What stands there is shown whole and asked about, entry by entry, before any
    key of yours is bound to it; the shared files are not changed.
    """
    around = Surroundings.here()
    if undo:
        if dry_run or start or confirmed:
            raise UsageError("--undo goes with no other option but --yes and --format", hint="Leave the others out.")
        return take_back(around, repositories, yes=yes, output=output)
    if start and not dry_run:
        can_start()
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if from_stdin and found:
        raise UsageError("--stdin and --found are two ways to give a value", hint="Leave one of them out.")
    if from_stdin and sys.stdin.isatty():
        raise UsageError("--stdin reads from a pipe, and this is a terminal", hint="Leave it out: you will be asked.")
    return Join(
        around=around,
        repositories=repositories,
        only=only,
        names=_names(named),
        sent=tuple(map(destination_of, sent)),
        policy=own(policy, around),
        confirmed=frozenset(confirmed),
        from_stdin=from_stdin,
        found=found,
        store_id=store or "",
        looking=dry_run,
        asking=terminal and not dry_run and not confirmed and output == "terminal",
        starting=start and not dry_run,
        yes=yes,
        output=output,
    ).run()


def _names(named: tuple[str, ...]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for text in named:
        entry, equals, name = text.rpartition("=")
        if not equals or not entry or not (name.isascii() and name.isidentifier()):
            raise UsageError("--variable takes ENTRY=NAME", hint="As in --variable github=GITHUB_TOKEN.")
        names.setdefault(entry, []).append(name)
    return names
