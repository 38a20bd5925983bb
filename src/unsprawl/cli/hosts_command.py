"""`unsprawl hosts`."""

from __future__ import annotations

import sys

import click
from rich.table import Table
from rich.text import Text

from unsprawl.cli.console import console_for
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.model import Problem
from unsprawl.scanner.report.json_report import Json, envelope, render
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
        _show(by_host, problems, around, root, every=every)
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


def _show(
    by_host: dict[str, list[Examined]], problems: list[Problem], around: Surroundings, root: str, *, every: bool
) -> None:
    console = console_for(sys.stdout)
    report = TerminalReport(console, REDACTOR, around.home)
    for host in hosts():
        files = by_host[host.id]
        if not files and not every:
            continue
        spelled = ", ".join(way.spell("NAME") or "by name" for way in host.references) or "none"
        console.print(Text(host.name, "bold").append(f"  references: {spelled}", "dim"))
        table = Table.grid(padding=(0, 2))
        for file in files:
            count = f"{len(file.entries)} servers"
            secrets = Text(f"{len(file.findings)} secrets", "red") if file.findings else Text("no secrets", "dim")
            table.add_row("", report.path(file.file.path, around.home, ""), count, secrets)
        if not files:
            table.add_row("", Text(", ".join(known.pattern for known in host.files[:3]) + " …", "dim"))
        console.print(table)
    report.problems(problems, root)
    found = sum(bool(files) for files in by_host.values())
    hint = "" if every else "; `unsprawl hosts --all` shows the rest"
    console.print(Text(f"{len(by_host)} hosts are known, files of {found} were found{hint}", "dim"))
