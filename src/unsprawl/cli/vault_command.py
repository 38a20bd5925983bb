"""`unsprawl vault …`."""

from __future__ import annotations

import os
import sys

import click
from rich.text import Text

from unsprawl.broker import oauth_waits
from unsprawl.broker.forget_record import forget_record
from unsprawl.cli import brokers_command, log_command, stores_command
from unsprawl.cli.console import report_options
from unsprawl.cli.oauth_text import read_credential, state_of
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.rewriters.joining.ledger import joined
from unsprawl.scanner.approach import vault_reference
from unsprawl.scanner.errors import Exit, NotApplied, UnsprawlError, UsageError
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.lines import Lines
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file
from unsprawl.vault.add import add as add_record
from unsprawl.vault.allow import allow as add_binding
from unsprawl.vault.destination_text import destination_of
from unsprawl.vault.put import is_oauth, put_credential, put_text
from unsprawl.vault.records import Record, load, read_record, record_files

_STORED = (
    "Stored. Servers behind `run --wire` get it with their next connection; others that run already keep the old value "
    "until they are restarted."
)


@click.group("vault")
def command() -> None:
    """List, add, replace, allow and remove stored secrets. No command shows one."""


@command.command("list")
def list_() -> int:
    """List the records: which server each is for, and what may use it."""
    code = Exit.CLEAN
    report = Lines(*report_options(Surroundings.here()))
    try:
        from_teams = {(each.project, each.ref): each.path for each in joined() if each.ref}
    except UnsprawlError as error:
        print(f"unsprawl: {one_line(error.message)}", file=sys.stderr)
        code, from_teams = Exit.INCOMPLETE, {}
    for path in record_files():
        try:
            record = read_record(path)
        except UnsprawlError as error:
            print(f"unsprawl: {one_line(error.message)}", file=sys.stderr)
            code = Exit.INCOMPLETE
            continue
        names = ", ".join(name for name, _ in record.variables)
        where = report.path(record.project, "") if record.project else "any folder"
        report.line(report.text(record.ref, "bold"), "  ", report.text(f"{names} for {record.entry}"), rest="  ")
        since = report.text(f"{record.created_at[:10]} in {record.store}", "dim")
        report.line("for ", where, Text(", since ", "dim"), since, first="  ", rest="    ")
        if shared := from_teams.get((record.project or "", record.ref)):
            report.line("joined, for ", report.path(shared, ""), first="  ", rest="    ")
        for each in record.wire:
            hosts = report.text(f"{each.variable} goes to {', '.join(each.hosts)} only")
            report.line(hosts, first="  ", rest="    ")
        for name, _ in record.oauth:
            report.line(report.text(f"{name}: {state_of(record, name)}"), first="  ", rest="    ")
    for name in env_file.names():
        report.line(
            report.text(name, "bold"), "  variable of your shell, in ", report.path(str(env_file.path()), ""), rest="  "
        )
    return code


command.add_command(stores_command.stores)
command.add_command(stores_command.use)
command.add_command(brokers_command.brokers)
command.add_command(log_command.log)


@command.command("set")
@click.option(
    "--oauth/--plain",
    default=None,
    help="Whether standard input holds an OAuth credential in JSON (docs/oauth-tokens.md) or the value itself; usually "
    "as before.",
)
@click.argument("ref")
@click.argument("variable", required=False)
def set_(oauth: bool | None, ref: str, variable: str | None) -> int:
    """Put a new value under REF, for example after a rotation. It is read from standard input, or asked for unseen.

    REF is a record, or a variable that a migration or a join keeps for your shell; `vault list` shows both.
    """
    try:
        record = load(ref, os.getcwd())
    except UnsprawlError:
        if oauth or variable is not None or ref not in env_file.names():
            raise
        env_file.set_variable(ref, _value(ref))
        print("Stored. What you start from a new shell gets it.", file=sys.stderr)
        return Exit.CLEAN
    names = [name for name, _ in record.variables]
    chosen = variable or (names[0] if len(names) == 1 else "")
    if chosen not in names:
        raise UsageError("which variable?", hint=f"{ref} holds {', '.join(names)}.")
    if is_oauth(record, chosen) if oauth is None else oauth:
        put_credential(record, chosen, read_credential())
    else:
        put_text(record, chosen, _value(chosen))
    oauth_waits.clear(dict(record.variables)[chosen])
    print(_STORED, file=sys.stderr)
    return Exit.CLEAN


def _value(variable: str) -> Secret:
    """A value from the terminal, unseen, or from standard input without its last line end."""
    if sys.stdin.isatty():
        text = click.prompt(f"Value of {variable}", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if not text:
        raise UsageError("an empty value is not stored")
    REDACTOR.learn([Secret(text)])
    return Secret(text)


@command.command(
    "add",
    short_help="Store your own values for an entry of this project.",
    context_settings={"ignore_unknown_options": True},
)
@click.option("--variable", "names", multiple=True, metavar="NAME", help="What the server reads; may be repeated.")
@click.option(
    "--oauth",
    metavar="NAME",
    help="A variable that gets an access token. Its OAuth credential is read from standard input, in JSON: "
    "docs/oauth-tokens.md.",
)
@click.option(
    "--sent",
    multiple=True,
    metavar="NAME=PLACES@HOSTS",
    help="For an entry with `run --wire`: the hosts that the value may be sent to, and where in a request: "
    "GITHUB_TOKEN=header,basic@api.github.com; may be repeated.",
)
@click.argument("ref")
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED)
def add(names: tuple[str, ...], oauth: str | None, sent: tuple[str, ...], ref: str, argv: tuple[str, ...]) -> int:
    """Store your own values for an entry of this project that somebody else moved to `unsprawl run REF`.

    Write `--` and the entry's command after REF. Each value is asked for unseen; one alone may come on standard input.
    """
    around = Surroundings.here()
    _no_secret_in((*names, oauth or "", *sent, *argv))
    if not names and not oauth:
        raise UsageError("which variable does the server read?", hint="--variable NAME, or --oauth NAME.")
    if oauth and names:
        raise UsageError(
            "an OAuth credential comes alone on standard input",
            hint="Add both with --variable first, and then `unsprawl vault set --oauth REF NAME`.",
        )
    wire = [destination_of(text) for text in sent]
    for each in wire:
        if each.variable not in (*names, oauth):
            raise UsageError(f"{each.variable} has no value here", hint="Name it with --variable too.")
    if len(names) > 1 and not sys.stdin.isatty():
        raise UsageError("several values can only be asked for on a terminal")
    credentials = {oauth: read_credential()} if oauth else {}
    values = {name: _value(name) for name in names}
    record = add_record(ref, values, argv, around.cwd, around.environ, credentials, wire=wire)
    print(f"Stored in {record.store}. {record.ref} may be used in {record.project}.", file=sys.stderr)
    return Exit.CLEAN


def _no_secret_in(argv: tuple[str, ...]) -> None:
    if any(REDACTOR.clean(word) != word for word in argv):
        raise UsageError(
            "the command line holds a secret, and a record is no place for one", hint="Store it in the vault."
        )


@command.command("allow", context_settings={"ignore_unknown_options": True})
@click.option("--here", is_flag=True, help="Only in this project.")
@click.option(
    "--env", multiple=True, metavar="NAME:DIGEST", help="Accept a variable's present value, as a refusal prints it."
)
@click.option("--program", multiple=True, metavar="PATH", help="Accept a program at an unusual place.")
@click.option("--prefix", is_flag=True, help="Let more arguments follow.")
@click.argument("ref")
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED)
def allow(
    here: bool, env: tuple[str, ...], program: tuple[str, ...], prefix: bool, ref: str, argv: tuple[str, ...]
) -> int:
    """Let a further command line use REF. Write `--` before the command."""
    around = Surroundings.here()
    _no_secret_in(argv)
    record = add_binding(ref, argv, around.cwd, around.environ, here=here, env=env, program=program, prefix=prefix)
    print(f"{record.ref} may be used by {len(record.bindings)} command lines now", file=sys.stderr)
    return Exit.CLEAN


@command.command("remove")
@click.argument("ref")
@click.option("--force", is_flag=True, help="Even if an entry still needs it.")
def remove(ref: str, force: bool) -> int:
    """Forget a record and its values. Refused while an entry of this user or this repository refers to it."""
    record = load(ref, os.getcwd())
    users = _users(record)
    if users and not force:
        raise NotApplied(f"still used by {', '.join(users)}", hint="Change that entry first, or add --force.")
    forget_record(record)
    print(f"{record.ref} is forgotten", file=sys.stderr)
    return Exit.CLEAN


def _users(record: Record) -> list[str]:
    paths = tuple(binding.config for binding in record.bindings if os.path.exists(binding.config))
    around = Surroundings.here()
    files = [*examined((), around)[0], *(examined(paths, around)[0] if paths else [])]
    used = {
        f"{file.file.path} ({found.entry.name})"
        for file in files
        for found in file.entries
        if vault_reference(found.entry, found.server.node) == record.ref
    }
    return sorted(used)
