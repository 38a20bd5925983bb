"""`--format terminal`: a scan for people. The sum, then host by host and file by file, worst first, then what to do."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich.text import Text

from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Finding
from unsprawl.scanner.report.console import console_for
from unsprawl.scanner.report.copies import Copies
from unsprawl.scanner.report.details import Details
from unsprawl.scanner.report.formats import Request
from unsprawl.scanner.report.ladder import cells
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.remedy import BY_HAND, by_hand, for_migrate
from unsprawl.scanner.report.summary import providers, shortened
from unsprawl.scanner.report.terminal import RANK, grouped
from unsprawl.scanner.scan import ScannedEntry, ScanResult

SHOWN = 5
"""So many places of one warning are listed, unless all are asked for."""


def render(request: Request) -> str:
    """The report as text, with the colours of the screen that it is for."""
    text = io.StringIO()
    console = console_for(text, request.screen or text)
    report = ScanReport(console, request.redactor, request.home, request.cwd)
    report.scan(request.result, paths=request.asked, rules=request.rules, verbose=request.verbose)
    return request.redactor.clean(text.getvalue())


class ScanReport(Details):
    """What a scan found."""

    def scan(
        self, result: ScanResult, *, paths: Sequence[str] = (), rules: Sequence[str] = (), verbose: bool = False
    ) -> None:
        """Everything, in order of what one needs to know first. `paths` is what was asked for, by which own `rules`."""
        blocks = _blocks(result.findings)
        shown = (finding for _, files in blocks for _, findings in files for finding in findings)
        copies = Copies(shown, self.typed)
        self._headline(result)
        for names, files in blocks:
            self.gap()
            self.line(Text(names, "bold"))
            for path, findings in files:
                self._file(path, findings, copies)
        self.cautions(result, None if verbose else SHOWN)
        self.problems(result.problems)
        if verbose:
            self.entries(result.entries)
            self.silenced(result)
            self.pruned(result)
        self._ladder(result.entries)
        if result.baseline is not None:
            self.compared(result.baseline, None if verbose else SHOWN)
        self._closing(result, paths, rules, verbose=verbose)

    def _headline(self, result: ScanResult) -> None:
        """How many, how bad, whose, how spread, and whether that is all."""
        sprawls = result.sprawls()
        if sprawls:
            files = len({finding.place.path for finding in result.findings})
            places = f" in {count(len(result.findings), 'place')} of {count(files, 'file')}: "
            self.line(Text(count(len(sprawls), "secret"), "bold"), places, self.severities(sprawls), rest="  ")
            if len(sprawls) > SHOWN:
                owners = [f"{name} {number}" for name, number, _ in providers(sprawls)]
                self.line(self.text(f"whose: {shortened(owners, SHOWN)}"), first="  ", rest="    ")
            spread = [len(sprawl.findings) for sprawl in sprawls if len(sprawl.findings) > 1]
            self.verdicts(sprawls)
            if spread:
                most = f", one of them in {max(spread)}" if len(spread) > 1 and max(spread) > 2 else ""
                self.line(f"{count(len(spread), 'secret')} in more than one place{most}", first="  ")
        else:
            self.line(self.nothing(result), self._looked(result))
        if result.violations:
            broken = count(len(result.violations), "entry violates", "entries violate")
            self.line(f"{broken} the policy, see below", first="  " if sprawls else "", rest="  ")
        if not result.complete:
            unchecked = len({problem.path for problem in result.problems})
            self.line(
                Text("incomplete: ", "bold magenta"),
                f"{count(unchecked, 'file')} could not be checked in full, see below",
                first="  " if sprawls else "", rest="  ",
            )  # fmt: skip

    def _looked(self, result: ScanResult) -> str:
        entries, files = count(result.stats.entries, "entry", "entries"), count(result.stats.files, "file")
        return f"; looked at {entries} in {files}"

    def _file(self, path: str, findings: list[Finding], copies: Copies) -> None:
        """Severity, line, entry and field of each finding in columns; what it is beside them, or below."""
        self.line(self.path(path, ""), first="  ", rest="    ")
        digits = max(len(str(finding.place.line)) for finding in findings)
        entries = any(finding.entry for finding in findings)
        rows = []
        for finding in findings:
            entry = [self.text(finding.entry.name, "bold") if finding.entry else Text()] if entries else []
            row = [
                self.severity(finding),
                Text(str(finding.place.line).rjust(digits)),
                *entry,
                self.field(finding, entry=False),
            ]
            said = [self.text(copies.note(finding))] if copies.is_later(finding) else [self.what(finding)]
            if copies.note(finding) and not copies.is_later(finding):
                said.append(self.text(copies.note(finding)))
            if finding.verdict is not None and not copies.is_later(finding):
                said.append(self.verdict(finding.verdict))
            rows.append((row, said))
        if self.columns([[*row, said[0]] for row, said in rows], 4, [said[1:] for _, said in rows], 2):
            return
        if self.columns([row for row, _ in rows], 4, [said for _, said in rows], 2):
            return
        for row, said in rows:
            begin = Text("    ").append_text(row[0]).append("  ").append_text(row[1]).append("  ")
            for number, part in enumerate([Text("  ").join(filter(None, row[2:])), *said]):
                self.line(part, first=" " * begin.cell_len if number else begin)

    def _ladder(self, entries: Sequence[ScannedEntry]) -> None:
        """The seven approaches, best first, and how many entries use each."""
        if not entries:
            return
        self.gap()
        self.line("how the servers get their keys, best way first:")
        listed = [(Text(name), Text(number.rjust(3), "bold" if used else "")) for name, number, used in cells(entries)]
        half = (len(listed) + 1) // 2
        pairs = [*listed, *[(Text(), Text())] * (2 * half - len(listed))]
        if not self.columns([(*pairs[row], Text(), *pairs[row + half]) for row in range(half)], 2):
            self.columns(listed, 2)
        self.gap()

    def _closing(self, result: ScanResult, paths: Sequence[str], rules: Sequence[str], *, verbose: bool) -> None:
        self.gap()
        self.left_out(result, verbose=verbose)
        if verbose and result.stats.searched:
            self.line(f"opened {count(result.stats.searched, 'more file')} to see whether they speak of MCP", rest="  ")
        if verbose and result.stats.unsearched:
            unopened = count(result.stats.unsearched, "configuration file")
            self.line(f"{unopened} not opened because of their names; --thorough opens them", rest="  ")
        if result.findings:
            self.line(self._looked(result).removeprefix("; "), rest="  ")
            if for_migrate(result.findings):
                self._next("migrate", paths, rules, "shows each change, asks, and can be undone")
            if by_hand(result.findings):
                self.line(BY_HAND, ": write a reference there, and revoke the key if others saw it", rest="  ")
        elif result.problems:
            self._next("scan", paths, rules, "once the files above can be read")
        elif not paths:
            self._next("scan", [self._home], rules, "looks through your whole home folder")

    def _next(self, command: str, paths: Sequence[str], rules: Sequence[str], why: str) -> None:
        options = (Text("--rules ").append(self.word(folder)) for folder in rules)
        asked = Text(" ").join([Text(f"unsprawl {command}"), *options, *(self.word(path) for path in paths)])
        asked.stylize("bold")
        self.line("next: ", asked, rest="  ")
        self.line(why, first="      ")


_Files = list[tuple[str, list[Finding]]]


def _blocks(findings: Iterable[Finding]) -> list[tuple[str, _Files]]:
    """The findings by the hosts that read their file, then by file, then by line; worst first everywhere."""
    files = [(path, sorted(found, key=_badness)) for path, found in grouped(findings, lambda f: f.place.path)]
    files.sort(key=lambda item: (_badness(item[1][0])[0], item[0]))
    return [(shortened(names, SHOWN), of_host) for names, of_host in grouped(files, lambda item: readers(item[1]))]


def _badness(finding: Finding) -> tuple[int, int, int]:
    return RANK[finding.literal.severity], finding.place.line, finding.place.column


def readers(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The names of the hosts that read the file of these findings."""
    named = [
        (finding.entry.owners if finding.entry else finding.hosts, " (copy)" if finding.copy else "")
        for finding in findings
    ]
    names = dict.fromkeys(host(host_id).name + mark for found, mark in named for host_id in found)
    if not names and all(finding.document for finding in findings):
        return ("documents",)
    return tuple(names) or ("read by no known host",)
