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
from unsprawl.scanner.host_files import file_patterns
from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.model import Problem
from unsprawl.scanner.patterns import bases
from unsprawl.scanner.record import NamedTuple
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
    by_host = {host.id: [use for file in files if (use := _use(host, file)) is not None] for host in hosts()}
    if output == "json":
        document = envelope("hosts", problems, root, {"hosts": len(hosts())})
        document["hosts"] = [_host_json(host, by_host[host.id]) for host in hosts() if every or by_host[host.id]]
        sys.stdout.writelines(render(document, REDACTOR))
    else:
        _show(by_host, problems, around, every=every)
    return Exit.INCOMPLETE if problems else Exit.CLEAN


class _Use(NamedTuple):
    """What one host has of a file."""

    path: str
    entries: int
    findings: int
    also: bool
    """The file is another host's."""


def _use(host: Host, examined: Examined) -> _Use | None:
    """None for a file in which nothing is this host's: half a dozen look into the settings of an editor."""
    readings = [reading for reading in examined.file.readings if reading.host == host.id]
    entries = [entry for entry in examined.entries if host.id in entry.entry.hosts]
    first = examined.file.hosts[:1] == (host.id,)
    if not readings or not (entries or first):
        return None
    findings = sum(len(entry.findings) for entry in entries) + (len(examined.loose) if first else 0)
    return _Use(examined.file.path, len(entries), findings, all(reading.also for reading in readings))


def _host_json(host: Host, files: list[_Use]) -> Json:
    return {
        "id": host.id,
        "name": host.name,
        "known_files": [file.pattern for file in host.files],
        "files": [{"path": file.path, "entries": file.entries, "findings": file.findings} for file in files],
        "references": [{"form": way.form, "write": way.write, "evidence": way.evidence} for way in host.references],
        "references_known": host.references_known,
    }


def _show(by_host: dict[str, list[_Use]], problems: list[Problem], around: Surroundings, *, every: bool) -> None:
    report = TerminalReport(*report_options(around))
    # What is here first: it is what one came for, and the others are many.
    for host in sorted(hosts(), key=lambda host: not by_host[host.id]):
        if every or by_host[host.id]:
            _show_host(report, host, by_host[host.id], around)
    report.problems(problems)
    found = sum(bool(files) for files in by_host.values())
    report.gap()
    report.line(Text(f"{count(len(by_host), 'host')} are known, files of {found} were found", "bold"))
    if not every and found < len(by_host):
        report.line("next: ", Text("unsprawl hosts --all", "bold"), " shows the others", rest="  ")


def _show_host(report: TerminalReport, host: Host, files: list[_Use], around: Surroundings) -> None:
    ways = list(dict.fromkeys(way.spell("NAME") or "by name" for way in host.references))
    spelled = ", ".join(ways) or ("none" if host.references_known else "not known")
    report.gap()
    report.line(Text(host.name, "bold"), Text(f"  references: {spelled}", "dim"), rest="  ")
    for file in files:
        report.line(
            report.path(file.path, ""),
            f"  {count(file.entries, 'server')}, ",
            Text(count(file.findings, "secret"), "red") if file.findings else "no secrets",
            Text("  another host's file" if file.also else "", "dim"),
            first="  ", rest="    ",
        )  # fmt: skip
    if not files:
        for place in _looked_for(host, around) or ["not on this system"]:
            report.line(Text(place, "dim"), first="  ", rest="    ")


def _looked_for(host: Host, around: Surroundings) -> list[str]:
    """Where this host's files would be on this system, in the user's home and in a project."""
    found: dict[str, None] = {}
    for pattern in file_patterns():
        if pattern.host != host.id:
            continue
        places = bases(pattern, around._replace(real_home=""))
        name = "/".join(pattern.steps)
        if not pattern.anchor:
            found[name] = None
        elif places:
            home = around.home.rstrip("/")
            inside = home and f"{places[0]}/".startswith(f"{home}/")
            base = "~" + places[0][len(home) :] if inside else places[0]
            more = f"  and {count(len(places) - 1, 'more folder')}" if len(places) > 1 else ""
            found[(f"{base.rstrip('/')}/{name}" if name else base) + more] = None
    return list(found)
