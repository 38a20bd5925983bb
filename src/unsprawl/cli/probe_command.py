"""`unsprawl probe`."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.certificates import roots
from unsprawl.cli.console import report_options
from unsprawl.cli.delivery import deliver
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.probe_targets import chosen
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.oauth.many import probe_all
from unsprawl.scanner.oauth.verdict import Kind, worst
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.json_report import envelope, render
from unsprawl.scanner.report.probe_json import judged, probe_json
from unsprawl.scanner.report.probe_report import ProbeReport
from unsprawl.scanner.surroundings import Surroundings


@click.command("probe")
@click.argument("servers", nargs=-1, metavar="[URL|ENTRY]...")
@click.option("--all", "every", is_flag=True, help="Probe the remote servers of all entries.")
@click.option("--path", "paths", multiple=True, type=click.Path(), help="Look for entries in these files or folders.")
@click.option("--verbose", is_flag=True, help="Show every check, also what passed or was not tried.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(servers: tuple[str, ...], every: bool, paths: tuple[str, ...], verbose: bool, output: str) -> int:
    """See what login a remote MCP server really offers.

    Connects to the server and to what it names, says so on stderr, and sends no credential: headers of an entry are
    not sent, keys in its address are left out. Nothing is registered, and nobody is logged in.

    Exit code 1: a server is broken. 3: one could not be judged.
    """
    if bool(servers) == every:
        raise UsageError("probe needs addresses or names of entries, or --all", hint="unsprawl probe https://...")
    around = Surroundings.here()
    targets, problems, root = chosen(servers, paths, around)

    def announce(origin: str) -> None:
        print(f"connecting to {one_line(REDACTOR.clean(origin))}", file=sys.stderr)

    probed = [judged(seen) for seen in probe_all(targets, announce, roots(around))]
    if output == "json":
        document = envelope("probe", problems, root, {"servers": len(probed), "not_probed": len(problems)})
        document["complete"] = not problems and all(each.verdict.kind is not Kind.INCONCLUSIVE for each in probed)
        document["root"] = root
        document["probes"] = [probe_json(each) for each in probed]
        deliver(render(document, REDACTOR), None, exact=True)
    else:
        report = ProbeReport(*report_options(around))
        for each in probed:
            report.probed(each, whole=verbose)
        report.problems(problems)
        report.summary(probed)
        if not probed and not problems:
            report.line("No entry calls a remote server.")
    worst_of_all = worst([each.verdict for each in probed])
    if worst_of_all is Kind.BROKEN:
        return Exit.FOUND
    return Exit.INCOMPLETE if problems or worst_of_all is not None else Exit.CLEAN
