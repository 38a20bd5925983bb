"""A scan for people: grouped by file, worst first, then what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Finding, Problem, Severity
from unsprawl.scanner.redact import Redactor, one_line
from unsprawl.scanner.scan import ScanResult, shown_path

_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_STYLE = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "",
}


class TerminalReport:
    """Prints results to a rich console. Foreign text is redacted here already: rich may break it over two lines."""

    def __init__(self, console: Console, redactor: Redactor, home: str) -> None:
        self._console = console
        self._redactor = redactor
        self._home = home

    def text(self, foreign: str, style: str = "") -> Text:
        """Foreign text without markup, control characters or known values."""
        return Text(one_line(self._redactor.clean(foreign)), style)

    def path(self, path: str, root: str, style: str = "bold") -> Text:
        """A path relative to the root, or to the home as `~/…`."""
        shown = shown_path(path, root)
        if shown == path and self._home and path.startswith(self._home.rstrip("/") + "/"):
            shown = "~/" + path[len(self._home.rstrip("/")) + 1 :]
        return self.text(shown, style)

    def scan(self, result: ScanResult, *, verbose: bool = False) -> None:
        """Findings, cautions, problems, and a closing line with the next command."""
        for path, findings in _by_file(result.findings):
            self._file(path, findings, result.root)
        self._cautions(result)
        self.problems(result.problems, result.root)
        if verbose:
            self._pruned(result)
        self._closing(result)

    def _file(self, path: str, findings: list[Finding], root: str) -> None:
        names = dict.fromkeys(host(host_id).name for finding in findings for host_id in finding.hosts if host_id)
        title = self.path(path, root)
        if names:
            title.append("  " + ", ".join(names), "dim")
        self._console.print(title)
        # Columns only where they fit; a value of a column is wrapped, never cut.
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="dim", no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(overflow="fold")
        for finding in sorted(findings, key=lambda f: (_RANK[f.literal.severity], f.place.line, f.place.column)):
            slot = finding.slot.context
            where = Text()
            if finding.entry:
                where.append_text(self.text(finding.entry.name, "bold")).append(" ")
            where.append(slot.kind.value + " ", "dim").append_text(self.text(slot.name))
            table.add_row(
                str(finding.place.line),
                Text(finding.literal.severity.value, _STYLE[finding.literal.severity]),
                where,
                Text(finding.literal.reason),
            )
        self._console.print(Padding(table, (0, 0, 1, 1), expand=False))

    def _cautions(self, result: ScanResult) -> None:
        for caution in result.warnings:
            line = Text("note ", "yellow").append_text(self.path(caution.path, result.root, ""))
            line.append(f":{caution.line} ")
            if caution.entry:
                line.append_text(self.text(caution.entry, "bold")).append(" ")
            self._console.print(line.append(caution.message))
        if result.warnings:
            self._console.print()

    def problems(self, problems: Iterable[Problem], root: str) -> None:
        """What could not be read or checked, with what to do about it."""
        shown = False
        for problem in problems:
            line = Text("not checked ", "magenta").append_text(self.path(problem.path, root, ""))
            line.append(f":{problem.line}" if problem.line else "").append(": ").append_text(self.text(problem.message))
            self._console.print(line)
            if problem.hint:
                self._console.print(Padding(self.text(problem.hint, "dim"), (0, 0, 0, 2), expand=False))
            shown = True
        if shown:
            self._console.print()

    def _pruned(self, result: ScanResult) -> None:
        for path, why in result.stats.pruned:
            self._console.print(Text("left out ", "dim").append_text(self.path(path, result.root, "dim")).append(f" ({why})", "dim"))
        if result.stats.pruned:
            self._console.print()

    def _closing(self, result: ScanResult) -> None:
        stats = result.stats
        sprawls = result.sprawls()
        looked = f"{_count(stats.entries, 'entry', 'entries')} in {_count(stats.files, 'file')}"
        if sprawls:
            files = len({finding.place.path for finding in result.findings})
            line = Text(_count(len(sprawls), "secret"), "bold")
            line.append(f" in {_count(len(result.findings), 'place')} of {_count(files, 'file')}", "")
            self._console.print(line.append(f" ({looked})", "dim"))
            spread = [sprawl for sprawl in sprawls if len(sprawl.findings) > 1]
            if spread:
                self._console.print(f"{_count(len(spread), 'secret')} in more than one place")
        else:
            self._console.print(Text("no literal secrets", "bold green").append(f" ({looked})", "dim"))
        ranks = Counter(entry.approach.rank for entry in result.entries)
        if ranks:
            parts = [f"{n} {NAMES[rank] if rank else 'only a probe can tell'}" for rank, n in sorted(ranks.items(), key=lambda i: -(i[0] or 0))]
            self._console.print(Text("approaches: " + ", ".join(parts), "dim"))
        if not result.complete:
            self._console.print(Text(f"incomplete: {_count(len(result.problems), 'thing')} could not be checked, see above", "magenta"))
        if sprawls:
            self._console.print(Text("next: ").append("unsprawl migrate", "bold").append(" moves them, one at a time, and can be undone"))


def _by_file(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    files: dict[str, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.place.path, []).append(finding)
    return sorted(files.items(), key=lambda item: (min(_RANK[f.literal.severity] for f in item[1]), item[0]))


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
