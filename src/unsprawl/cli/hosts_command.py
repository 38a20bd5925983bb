"""`unsprawl hosts`."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.scanner.discover import known_file
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.host_files import file_patterns
from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.model import Problem
from unsprawl.scanner.patterns import bases
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.json_report import Json, envelope, render
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.terminal import NOTICE, TerminalReport
from unsprawl.scanner.surroundings import Surroundings


@click.command("hosts")
@click.option("--all", "every", is_flag=True, help="Also hosts of which nothing was found here.")
@click.option("--matrix", is_flag=True, help="What each host allows to move where, from the rules; looks at no file.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(every: bool, matrix: bool, output: str) -> int:
    """Show the known hosts and which of their files exist here."""
    around = Surroundings.here()
    if matrix:
        return _matrix(output, around)
    files, problems, root = examined((), around)
    read = {file.file.path for file in files}
    unread = [problem for problem in problems if problem.path not in read and _owner(problem, around)]
    here = {
        host.id: _Here(
            [use for file in files if (use := _use(host, file)) is not None],
            [problem for problem in unread if _owner(problem, around) == host.id],
        )
        for host in hosts()
    }
    if output == "json":
        document = envelope("hosts", problems, root, {"hosts": len(hosts())})
        document["hosts"] = [_host_json(host, here[host.id]) for host in hosts() if every or any(here[host.id])]
        sys.stdout.writelines(render(document, REDACTOR))
    else:
        _show(here, [problem for problem in problems if problem not in unread], around, every=every)
    return Exit.INCOMPLETE if problems else Exit.CLEAN


def _matrix(output: str, around: Surroundings) -> int:
    from unsprawl.cli.matrix import matrix_json, show_matrix
    from unsprawl.rewriters.capabilities import capabilities

    table = capabilities()
    if output == "json":
        document = envelope("hosts", [], around.cwd, {"hosts": len(hosts())})
        document["matrix"] = matrix_json(table)
        sys.stdout.writelines(render(document, REDACTOR))
    else:
        show_matrix(TerminalReport(*report_options(around)), table)
    return Exit.CLEAN


def _owner(problem: Problem, around: Surroundings) -> str | None:
    """The host whose file could not be read; None where the problem is not with the file of a host."""
    file = known_file(problem.path, around)
    return file.hosts[0] if file is not None and file.hosts else None


class _Use(NamedTuple):
    """What one host has of a file."""

    path: str
    entries: int
    findings: int
    also: bool
    """The file is another host's."""
    whole: bool
    """All of it could be read and judged."""


class _Here(NamedTuple):
    """What one host has on this machine."""

    files: list[_Use]
    unread: list[Problem]
    """Files of its own that exist and could not be read, with the reason."""


def _use(host: Host, examined: Examined) -> _Use | None:
    """None for a file in which nothing is this host's: half a dozen look into the settings of an editor."""
    readings = [reading for reading in examined.file.readings if reading.host == host.id]
    entries = [entry for entry in examined.entries if host.id in entry.entry.hosts]
    first = examined.file.hosts[:1] == (host.id,)
    if not readings or not (entries or first):
        return None
    findings = sum(len(entry.findings) for entry in entries) + (len(examined.loose) if first else 0)
    also = all(reading.also for reading in readings)
    return _Use(examined.file.path, len(entries), findings, also, whole=not examined.problems)


def _host_json(host: Host, here: _Here) -> Json:
    return {
        "id": host.id,
        "name": host.name,
        "known_files": [file.pattern for file in host.files],
        "files": [{"path": file.path, "entries": file.entries, "findings": file.findings} for file in here.files],
        "unread": [{"path": problem.path, "code": problem.code} for problem in here.unread],
        "references": [{"form": way.form, "write": way.write, "evidence": way.evidence} for way in host.references],
        "references_known": host.references_known,
    }


def _show(by_host: dict[str, _Here], problems: list[Problem], around: Surroundings, *, every: bool) -> None:
    """`problems` are those that no host's block tells."""
    report = TerminalReport(*report_options(around))
    # What is here first: it is what one came for, and the others are many.
    for host in sorted(hosts(), key=lambda host: not any(by_host[host.id])):
        if every or any(by_host[host.id]):
            _show_host(report, host, by_host[host.id], around)
    report.problems(problems)
    found = sum(any(here) for here in by_host.values())
    report.gap()
    report.line(Text(f"{count(len(by_host), 'host')} are known, files of {found or 'none'} were found", "bold"))
    if not every and found < len(by_host):
        report.line("next: ", Text("unsprawl hosts --all", "bold"), " shows the others", rest="  ")


_WORDLESS = {"named": "by name", "inherit": "inherited"}
"""Forms of references that stand in no value."""


def _show_host(report: TerminalReport, host: Host, here: _Here, around: Surroundings) -> None:
    ways = list(dict.fromkeys(way.spell("NAME") or _WORDLESS[way.form] for way in host.references))
    spelled = ", ".join(ways) or ("none" if host.references_known else "not known")
    report.gap()
    report.line(Text(host.name, "bold"), Text(f"  references: {spelled}", "dim"), rest="  ")
    for file in here.files:
        report.line(
            report.path(file.path, ""),
            f"  {count(file.entries, 'server')}, ",
            Text(count(file.findings, "secret"), "red") if file.findings else "no secrets",
            Text("  another host's file" if file.also else "", "dim"),
            Text("" if file.whole else "  not read in full, see below", NOTICE),
            first="  ", rest="    ",
        )  # fmt: skip
    for problem in here.unread:
        said = report.text(problem.message)
        report.line(report.path(problem.path, ""), Text("  not checked: ", NOTICE), said, first="  ", rest="    ")
        if problem.hint:
            report.line(report.text(problem.hint), first="    ")
    if not any(here):
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
