"""`unsprawl team report`: reads what colleagues handed in, and says what is left to do."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.delivery import Destination, destination, replace_file
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.own_policy import own, tell_faults
from unsprawl.scanner.errors import Exit, UsageError, VaultError
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.team.documents import read_documents
from unsprawl.scanner.report.team.gather import team_report
from unsprawl.scanner.sources.policies import NAME, checked
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.surroundings import Surroundings, full_path
from unsprawl.vault.team_key import name_of, team_key

if TYPE_CHECKING:
    from unsprawl.scanner.policy import Policy


@click.command("report", short_help="One report of what colleagues handed in, and who does what next.")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--policy", type=click.Path(), metavar="FILE",
              help="The policy that names the members; else that of this repository, or your own.")  # fmt: skip
@click.option("--html", type=click.Path(), metavar="FILE", help="Also write one self-contained page, readable offline.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def report(files: tuple[str, ...], policy: str | None, html: str | None, output: str) -> int:
    """Read the anonymous scans of a team, and say what is left to do, for each person.

    A colleague makes one with `unsprawl scan --format json --anonymous --as NAME > NAME.json`. Of several by one person
    the earliest is before, the latest is now. Nothing in a report is secret, but it names people.

    Exit code 0: nothing is left to do. 1: something is, or a member never handed in. 3: nothing is known to be left,
    and not everything could be read or seen.
    """
    around = Surroundings.here()
    to = destination(html, around, "--html")
    if html == "-":
        raise UsageError("--html names a file", hint="The report for people is on standard output already.")
    paths = list(dict.fromkeys(full_path(file, around) for file in files))
    if to is not None and to.path in map(os.path.realpath, paths):
        raise UsageError(f"--html {html}: this file is one that is read", hint="Choose another name.")
    members = _policy(policy, around)
    documents, faults = read_documents(paths)
    made = team_report(documents, faults, members, _own_key(), _now())
    if output == "json":
        from unsprawl.scanner.report.json_report import render
        from unsprawl.scanner.report.team.team_json import team_json

        sys.stdout.writelines(render(team_json(made, around.cwd), REDACTOR))
    else:
        from unsprawl.scanner.report.team.terminal import TeamLines

        TeamLines(*report_options(around)).report(made)
    if to is not None:
        from unsprawl.scanner.report.team.page import page

        _write(REDACTOR.clean(page(made, around.cwd)), to)
        print(f"unsprawl: the page is in {one_line(to.shown)}; it names people: hand it on with care", file=sys.stderr)
    if made.left:
        return Exit.FOUND
    return Exit.CLEAN if made.complete else Exit.INCOMPLETE


def _write(text: str, to: Destination) -> None:
    """The page, whole or not at all. It names people and their keys, so a new one is for its author alone."""
    before = os.umask(0o077) if os.name == "posix" else None
    try:
        replace_file(to.path, [text.encode("utf-8")], f"--html {to.shown}", special=to.special)
    finally:
        if before is not None:
            os.umask(before)


def _policy(file: str | None, around: Surroundings) -> Policy | None:
    """The policy that names the members; None where there is none. Raises UsageError after every fault was told."""
    path = _here(around) if file is None else full_path(file, around)
    if not os.path.lexists(path):
        if file is None:
            return own(None, around)
        raise UsageError(f"--policy {file}: there is no such file", hint="Check the spelling of the path.")
    found = checked(path, around, own=False)
    if not isinstance(found, list):
        return found
    tell_faults(found, os.path.relpath(path, around.cwd))
    raise UsageError("the policy cannot be used", hint="No report was made. docs/policy.md tells what it may say.")


def _here(around: Surroundings) -> str:
    """Where the policy of the current repository would lie, or of the folder where there is none."""
    return os.path.join(repository_of(os.path.realpath(around.cwd)) or around.cwd, NAME)


def members_here(around: Surroundings) -> tuple[str, ...]:
    """Whom the policy of the current repository names; nobody where there is none, or one with a fault."""
    path = _here(around)
    if not os.path.lexists(path):
        return ()
    found = checked(path, around, own=False)
    return found.team.members if not isinstance(found, list) and found.team is not None else ()


def _own_key() -> str:
    """The name of this machine's team key, or "": a report needs none."""
    try:
        known = team_key()
    except VaultError:
        return ""
    return name_of(known) if known is not None else ""


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
