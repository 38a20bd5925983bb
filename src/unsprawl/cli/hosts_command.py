"""`unsprawl hosts`."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.model import Problem
from unsprawl.scanner.report.json_report import Json, envelope, render
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.terminal import TerminalReport
from unsprawl.scanner.surroundings import Surroundings


@click.command("hosts")
@click.option("--all", "every", is_flag=True, help="Also hosts of which nothing was found here.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(every: bool, output: str) -> int:
    """Show the known hosts and which of their files exist here."""
    around = Surroundings.here()
    files, problems, root = examined((), around)
    by_host = {host.id: [file for file in files if host.id in file.file.hosts] for host in hosts()}
    if output == "json":
        document = envelope("hosts", problems, root, {"hosts": len(hosts())})
        document["hosts"] = [_host_json(host, by_host[host.id]) for host in hosts() if every or by_host[host.id]]
        sys.stdout.write(render(document, REDACTOR))
    else:
        _show(by_host, problems, around, every=every)
    return Exit.INCOMPLETE if problems else Exit.CLEAN


def _host_json(host: Host, files: list[Examined]) -> Json:
    return {
        "id": host.id,
        "name": host.name,
        "known_files": [file.pattern for file in host.files],
        "files": [
            {"path": file.file.path, "entries": len(file.entries), "findings": len(file.findings)} for file in files
        ],
        "references": [{"form": way.form, "write": way.write, "evidence": way.evidence} for way in host.references],
    }


def _show(by_host: dict[str, list[Examined]], problems: list[Problem], around: Surroundings, *, every: bool) -> None:
    report = TerminalReport(*report_options(around))
    for host in hosts():
        files = by_host[host.id]
        if not files and not every:
            continue
        spelled = ", ".join(way.spell("NAME") or "by name" for way in host.references) or "none"
        report.gap()
        report.line(Text(host.name, "bold"), Text(f"  references: {spelled}", "dim"), rest="  ")
        for file in files:
            secrets = count(len(file.findings), "secret")
            report.line(
                report.path(file.file.path, ""),
                f"  {count(len(file.entries), 'server')}, ",
                Text(secrets, "red") if file.findings else "no secrets",
                first="  ", rest="    ",
            )  # fmt: skip
        if not files:
            for known in host.files:
                report.line(Text(known.pattern, "dim"), first="  ", rest="    ")
    report.problems(problems)
    found = sum(bool(files) for files in by_host.values())
    report.gap()
    report.line(Text(f"{count(len(by_host), 'host')} are known, files of {found} were found", "bold"))
    if not every and found < len(by_host):
        report.line("next: ", Text("unsprawl hosts --all", "bold"), " shows the others", rest="  ")
