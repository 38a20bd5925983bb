"""`unsprawl login`."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.delivery import deliver
from unsprawl.cli.login_talk import client_secret, talk
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.probe_command import certificates
from unsprawl.cli.probe_targets import chosen
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.oauth.login.options import PERSON_S, Options
from unsprawl.scanner.oauth.login.outcome import LoggedIn, State
from unsprawl.scanner.oauth.login.sdk import hint, usable
from unsprawl.scanner.oauth.observed import Target
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.surroundings import Surroundings

_EXITS = {
    State.SIGNED_IN: Exit.CLEAN,
    State.OPEN: Exit.CLEAN,
    State.REFUSED: Exit.FOUND,
    State.FAILED: Exit.FOUND,
    State.NEEDS_CLIENT: Exit.INCOMPLETE,
    State.ABANDONED: Exit.INCOMPLETE,
    State.INCONCLUSIVE: Exit.INCOMPLETE,
}


@click.command("login")
@click.argument("server", metavar="URL|ENTRY")
@click.option("--path", "paths", multiple=True, type=click.Path(), help="Look for the entry in these files or folders.")
@click.option("--client-id", default="", metavar="ID", help="The client that you registered with the vendor.")
@click.option("--secret", is_flag=True, help="It has a secret: from UNSPRAWL_CLIENT_SECRET, typed, or from a pipe.")
@click.option("--client-metadata", default="", metavar="URL", help="A client ID metadata document to log in with.")
@click.option("--callback", default="", metavar="URL", help="The redirect URI that is registered for the client.")
@click.option("--deep", is_flag=True, help="Also see what is refused that must be; needs more sign-ins, asks first.")
@click.option("--yes", is_flag=True, help="With --deep: do not ask before the further sign-ins.")
@click.option("--no-browser", is_flag=True, help="Only show the address to sign in at.")
@click.option("--timeout", type=click.IntRange(5, 3600), default=PERSON_S, show_default=True, metavar="SECONDS",
              help="How long to wait for a sign-in.")  # fmt: skip
@click.option("--verbose", is_flag=True, help="Show every check, also what passed or was not tried.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(
    server: str,
    paths: tuple[str, ...],
    client_id: str,
    secret: bool,
    client_metadata: str,
    callback: str,
    deep: bool,
    yes: bool,
    no_browser: bool,
    timeout: int,
    verbose: bool,
    output: str,
) -> int:
    """Log in to a remote MCP server once, list its tools, and take the login back.

    Looks first as `probe` does, and sends nobody to a server that fails. You sign in at the browser. Tokens stay in
    memory, no tool is called; then tokens are revoked, and a client that was registered is deleted, where the server
    offers it. What stays is told.

    Exit code 1: a login is refused, or fails. 3: it could not be tried, or nobody signed in.
    """
    if not usable():
        raise UsageError("login needs the MCP SDK, which is not installed, or not in a version we know", hint=hint())
    _refuse_contradictions(client_id, secret, client_metadata, deep, yes)
    if callback:
        from unsprawl.scanner.oauth.login.redirect import refuse_elsewhere

        refuse_elsewhere(callback)
    around = Surroundings.here()
    target = _target(server, paths, around)
    options = Options(
        client_id,
        client_secret(around.environ) if secret else None,
        client_metadata,
        callback,
        timeout,
        deep,
    )

    def announce(origin: str) -> None:
        print(f"connecting to {one_line(REDACTOR.clean(origin))}", file=sys.stderr)

    from unsprawl.scanner.oauth.login.run import log_in

    done = log_in(target, options, talk(browser=not no_browser, yes=yes), announce, certificates(around))
    _show(done, around, verbose, output)
    return _EXITS[done.state]


def _refuse_contradictions(client_id: str, secret: bool, document: str, deep: bool, yes: bool) -> None:
    if secret and not client_id:
        raise UsageError("--secret belongs to a client", hint="Add --client-id.")
    if client_id and document:
        raise UsageError("--client-id and --client-metadata are two ways to name a client", hint="Choose one.")
    if document and not document.startswith("https://"):
        raise UsageError("--client-metadata must be an https address")
    if yes and not deep:
        raise UsageError("--yes is about the further sign-ins of --deep")
    if deep and not yes and not sys.stdin.isatty():
        raise UsageError("this is no terminal to ask on", hint="Add --yes for the further sign-ins of --deep.")


def _target(server: str, paths: tuple[str, ...], around: Surroundings) -> Target:
    targets, problems, _ = chosen((server,), paths, around)
    if problems and not targets:
        raise UsageError(problems[0].message, hint=problems[0].hint)
    if len(targets) != 1:
        raise UsageError(
            f"{server} is the name of entries with different addresses", hint="Give the address, or choose with --path."
        )
    (target,) = targets
    if not target.trusted:  # a repository's file names it: nobody is sent there unasked
        shown = one_line(REDACTOR.clean(target.url))
        if not sys.stdin.isatty():
            raise UsageError(f"a project's file names this server: {shown}", hint="Give the address itself to login.")
        click.confirm(
            f"A project's file names this server: {shown}. Log in there?", default=False, abort=True, err=True
        )
    return target


def _show(done: LoggedIn, around: Surroundings, verbose: bool, output: str) -> None:
    if output == "json":
        from unsprawl.scanner.report.json_report import envelope, render
        from unsprawl.scanner.report.login_json import login_json

        document = envelope("login", [], around.cwd, {"tools": len(done.tools)})
        document["complete"] = _EXITS[done.state] is not Exit.INCOMPLETE
        document["root"] = around.cwd
        document["login"] = login_json(done)
        deliver(render(document, REDACTOR), None, exact=True)
    else:
        from unsprawl.scanner.report.login_report import LoginReport

        LoginReport(*report_options(around)).login(done, whole=verbose)
