"""`unsprawl probe`."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.certificates import certificates
from unsprawl.cli.client_documents import check_documents, write_document
from unsprawl.cli.console import report_options
from unsprawl.cli.delivery import deliver
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.probe_active import agreement_of, tried
from unsprawl.cli.probe_hosts import known_host, registering
from unsprawl.cli.probe_targets import chosen
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.oauth.many import probe_all
from unsprawl.scanner.oauth.verdict import Kind, worst
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.json_report import envelope, render
from unsprawl.scanner.report.probe_json import clients_left, judged, probe_json
from unsprawl.scanner.report.probe_report import ProbeReport
from unsprawl.scanner.surroundings import Surroundings


@click.command("probe")
@click.argument("servers", nargs=-1, metavar="[URL|ENTRY]...")
@click.option("--all", "every", is_flag=True, help="Probe the remote servers of all entries.")
@click.option("--register", "hosts", multiple=True, metavar="HOST", help="Say how to register a client for a host.")
@click.option("--cimd", "documents", multiple=True, metavar="FILE|URL", help="Check a client ID metadata document.")
@click.option("--cimd-for", "writes", multiple=True, metavar="HOST", help="Write such a document for these hosts.")
@click.option("--at", "at", default="", metavar="URL", help="Where that document is to be published.")
@click.option("--name", "title", default="", metavar="NAME", help="What it calls the client.")
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="A port for hosts that let it be chosen.")
@click.option("--path", "paths", multiple=True, type=click.Path(), help="Look for entries in these files or folders.")
@click.option("--active", is_flag=True, help="Also register a client and delete it again; asks first.")
@click.option("--yes", is_flag=True, help="With --active: do not ask.")
@click.option("--clients", type=click.IntRange(1), metavar="N", help="With --active --all: so many are agreed to.")
@click.option("--verbose", is_flag=True, help="Show every check, also what passed or was not tried.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(
    servers: tuple[str, ...],
    every: bool,
    hosts: tuple[str, ...],
    documents: tuple[str, ...],
    writes: tuple[str, ...],
    at: str,
    title: str,
    port: int | None,
    paths: tuple[str, ...],
    active: bool,
    yes: bool,
    clients: int | None,
    verbose: bool,
    output: str,
) -> int:
    """See what login a remote MCP server really offers.

    Connects to the server and to what it names, says so on stderr, and sends no credential: headers of an entry are
    not sent, keys in its address are left out. Nothing is registered, and nobody is logged in.

    --active creates something: it registers a client at the authorization server, to see what only a client can see,
    and deletes it again if the server lets it. It says what and where, and asks. Nobody is logged in then either.

    Exit code 1: a server is broken, or a document not valid. 3: one could not be judged.
    """
    agreement = agreement_of(active=active, yes=yes, clients=clients, every=every)
    around = Surroundings.here()

    def announce(origin: str) -> None:
        print(f"connecting to {one_line(REDACTOR.clean(origin))}", file=sys.stderr)

    if documents or writes:
        if servers or every or hosts or paths or active or (documents and writes) or (documents and (title or port)):
            raise UsageError("--cimd and --cimd-for stand alone", hint="unsprawl probe --cimd FILE|URL")
        if writes:
            return write_document(writes, at, title, port)
        roots = certificates(around)
        return check_documents(documents, at, around, announce, roots, verbose=verbose, as_json=output == "json")
    if at or title or port:
        raise UsageError("--at, --name and --port go with --cimd-for", hint="unsprawl probe --cimd-for HOST --at URL")
    if bool(servers) == every:
        raise UsageError("probe needs addresses or names of entries, or --all", hint="unsprawl probe https://...")
    asked = [known_host(each) for each in hosts]
    targets, problems, root = chosen(servers, paths, around)
    looked = [judged(seen) for seen in probe_all(targets, announce, certificates(around))]
    probed = tried(looked, agreement, announce, certificates(around)) if agreement is not None else looked
    undone = any(each.seen.attempt is not None and not each.seen.attempt.whole for each in probed)
    if output == "json":
        document = envelope("probe", problems, root, {"servers": len(probed), "not_probed": len(problems)})
        document["complete"] = not (problems or undone) and all(
            each.verdict.kind is not Kind.INCONCLUSIVE for each in probed
        )
        document["root"] = root
        document["probes"] = [probe_json(each, registering(each, asked)) for each in probed]
        document["clients_left"] = clients_left(probed)
        deliver(render(document, REDACTOR), None, exact=True)
    else:
        report = ProbeReport(*report_options(around))
        for each in probed:
            report.probed(each, whole=verbose)
            report.register(registering(each, asked))
        report.problems(problems)
        report.summary(probed)
        if not probed and not problems:
            report.line("No entry calls a remote server.")
    worst_of_all = worst([each.verdict for each in probed])
    if worst_of_all is Kind.BROKEN:
        return Exit.FOUND
    return Exit.INCOMPLETE if problems or undone or worst_of_all is not None else Exit.CLEAN
