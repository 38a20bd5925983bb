"""A scan for people: grouped by file, worst first, then what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from rich.text import Text

from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Finding, Problem, Severity
from unsprawl.scanner.report.lines import Lines, count
from unsprawl.scanner.scan import ScanResult
from unsprawl.scanner.suppress import BY, tally

_RANK = {severity: rank for rank, severity in enumerate(Severity)}
# Legible on light and on dark ground: the usual yellow is not.
AMBER = "dark_orange3"
_STYLE = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: AMBER,
    Severity.LOW: "",
}
SHOWN = 3
"""So many problems of one file are listed; the others are counted."""
_Key = TypeVar("_Key", bound=Hashable)
_Item = TypeVar("_Item")


class TerminalReport(Lines):
    """What a scan found."""

    def scan(self, result: ScanResult, *, paths: Sequence[str] = (), verbose: bool = False) -> None:
        """Findings, cautions, problems, and a closing line with the next command. `paths` is what was asked for."""
        blocks = [(path, findings, self._rows(findings)) for path, findings in _by_file(result.findings)]
        wide = all(self.fits(rows, 2) for _, _, rows in blocks)
        for path, findings, rows in blocks:
            self._title(path, findings)
            if not (wide and self.columns(rows, 2)):
                self._stacked(rows)
        self._cautions(result)
        self.problems(result.problems)
        if verbose:
            self._silenced(result)
            self._entries(result)
            self._pruned(result)
        self._closing(result, paths)

    def _title(self, path: str, findings: list[Finding]) -> None:
        names = dict.fromkeys(host(host_id).name for finding in findings for host_id in finding.hosts if host_id)
        self.gap()
        self.line(self.path(path), Text(f"  {', '.join(names)}" if names else "", "dim"), rest="  ")

    def _rows(self, findings: list[Finding]) -> list[tuple[Text, Text, Text, Text]]:
        """Severity, line, field and reason of each finding, worst first."""
        ordered = sorted(findings, key=lambda f: (_RANK[f.literal.severity], f.place.line, f.place.column))
        digits = max(len(str(finding.place.line)) for finding in ordered)
        return [
            (
                Text(finding.literal.severity.value.ljust(8), _STYLE[finding.literal.severity]),
                Text(str(finding.place.line).rjust(digits), "dim"),
                self.field(finding),
                self.text(finding.literal.reason),
            )
            for finding in ordered
        ]

    def field(self, finding: Finding, *, entry: bool = True) -> Text:
        """Where in the file a finding is: entry, kind of slot, name."""
        slot = finding.slot.context
        where = Text()
        if entry and finding.entry:
            where.append_text(self.text(finding.entry.name, "bold")).append("  ")
        where.append(slot.kind.value, "dim")
        return where.append(" ").append_text(self.text(slot.name)) if slot.name else where

    def _stacked(self, rows: Sequence[tuple[Text, Text, Text, Text]]) -> None:
        for severity, line, field, reason in rows:
            begin = Text("  ").append_text(severity).append("  ").append_text(line).append("  ")
            self.line(field, first=begin)
            self.line(reason, first=" " * begin.cell_len)

    def _cautions(self, result: ScanResult) -> None:
        self.gap()
        for (path, entry, message), cautions in grouped(
            result.warnings, lambda caution: (caution.path, caution.entry, caution.message)
        ):
            places = ", ".join(str(caution.line) for caution in cautions[:SHOWN])
            more = f" and {len(cautions) - SHOWN} more" if len(cautions) > SHOWN else ""
            name = self.text(entry, "bold").append("  ") if entry else Text()
            self.line(
                Text("note  ", AMBER),
                self.path(path, ""),
                f":{places}{more}  ",
                name,
                self.text(message),
                rest="      ",
            )

    def problems(self, problems: Iterable[Problem]) -> None:
        """What could not be read or checked, with what to do about it."""
        self.gap()
        for path, found in grouped(problems, lambda problem: problem.path):
            label = Text("not checked  ", "magenta")
            said = list(dict.fromkeys((problem.line, problem.message) for problem in found))
            if len(said) == 1:
                line, message = said[0]
                self.line(label, self.path(path, ""), f":{line}  " if line else "  ", self.text(message), rest="  ")
            else:
                self.line(label, self.path(path, ""), rest="  ")
                for line, message in said[:SHOWN]:
                    self.line(f"line {line}: " if line else "", self.text(message), first="  ")
                if len(said) > SHOWN:
                    self.line(Text(f"and {len(said) - SHOWN} more", "dim"), first="  ")
            for hint in dict.fromkeys(problem.hint for problem in found[:SHOWN] if problem.hint):
                self.line(self.text(hint, "dim"), first="  ")
        self.gap()

    def _entries(self, result: ScanResult) -> None:
        """Every entry with its approach, as the seven approaches rank it."""
        self.gap()
        for found in result.entries:
            approach = found.approach
            candidates = " or ".join(NAMES[rank] for rank in approach.candidates)
            rank = f"{approach.rank} {NAMES[approach.rank]}" if approach.rank else candidates or "not known"
            marks = f" ({', '.join(approach.marks)})" if approach.marks else ""
            self.line(
                self.text(found.entry.name, "bold"),
                f"  {rank}{marks}  ",
                self.path(found.entry.path, "dim"),
                Text(f":{found.entry.line}", "dim"),
                rest="  ",
            )
        self.gap()

    def _silenced(self, result: ScanResult) -> None:
        """What is not shown, with what silenced it."""
        self.gap()
        for each in result.silenced:
            by = Text(f"  {BY[each.reason]}", "dim")
            if each.path:
                by.append(" ").append_text(self.path(each.path, "dim")).append(f":{each.line}")
            if each.note:
                by.append(": ").append_text(self.text(each.note))
            place = each.finding.place
            self.line(
                Text("silenced  ", "dim"),
                self.path(place.path, ""),
                f":{place.line}  ",
                self.field(each.finding),
                "  ",
                self.text(each.finding.literal.reason, "dim"),
                by,
                rest="  ",
            )
        self.gap()

    def _pruned(self, result: ScanResult) -> None:
        self.gap()
        for path, why in result.stats.pruned:
            self.line(Text("left out  ", "dim"), self.path(path, "dim"), Text(f"  {why}", "dim"), rest="  ")
        self.gap()

    def _closing(self, result: ScanResult, paths: Sequence[str]) -> None:
        self.gap()
        stats, sprawls = result.stats, result.sprawls()
        seen = f"{count(stats.entries, 'entry', 'entries')} in {count(stats.files, 'file')}"
        looked = Text(f"; looked at {seen}", "dim")
        if sprawls:
            files = len({finding.place.path for finding in result.findings})
            places = f" in {count(len(result.findings), 'place')} of {count(files, 'file')}"
            self.line(Text(count(len(sprawls), "secret"), "bold"), places, looked, rest="  ")
            spread = sum(len(sprawl.findings) > 1 for sprawl in sprawls)
            if spread:
                self.line(f"{count(spread, 'secret')} in more than one place", rest="  ")
        else:
            self.line(Text("no literal secrets", "bold green"), looked, rest="  ")
        if result.silenced:
            self.line(tally(result.silenced), Text("; --verbose lists them", "dim"), rest="  ")
        ranks = Counter(entry.approach.rank for entry in result.entries)
        if ranks:
            ordered = sorted(ranks.items(), key=lambda item: (-item[1], -(item[0] or 0)))
            parts = [f"{number} {NAMES[rank] if rank else 'only a probe can tell'}" for rank, number in ordered]
            self.line(Text("approaches: " + ", ".join(parts), "dim"), rest="  ")
        if not result.complete:
            unchecked = len({problem.path for problem in result.problems})
            self.line(
                Text("incomplete: ", "bold magenta"),
                f"{count(unchecked, 'file')} could not be checked in full, see above",
                rest="  ",
            )
        if sprawls:
            asked = Text(" ").join([Text("unsprawl migrate"), *(self.word(path) for path in paths)])
            asked.stylize("bold")
            self.line("next: ", asked, rest="  ")
            self.line(Text("shows each change, asks, and can be undone", "dim"), first="      ")


def grouped(items: Iterable[_Item], key: Callable[[_Item], _Key]) -> list[tuple[_Key, list[_Item]]]:
    """The items of each key together, in the order in which keys first come."""
    groups: dict[_Key, list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.items())


def _by_file(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    files = grouped(findings, lambda finding: finding.place.path)
    return sorted(files, key=lambda item: (min(_RANK[f.literal.severity] for f in item[1]), item[0]))
