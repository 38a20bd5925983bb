"""What a scan tells besides its findings: warnings, and with --verbose every entry and what is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from unsprawl.scanner.report.ladder import step
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.summary import severities
from unsprawl.scanner.report.terminal import NOTICE, STYLE, TerminalReport, grouped
from unsprawl.scanner.scan import ScannedEntry, ScanResult, Sprawl
from unsprawl.scanner.suppress import BY, tally


class Details(TerminalReport):
    """Parts of a report on a scan."""

    def severities(self, sprawls: Sequence[Sprawl]) -> Text:
        """`1 critical, 2 high`."""
        return Text(", ").join(
            Text(f"{number} {severity.value}", STYLE[severity]) for severity, number in severities(sprawls)
        )

    def left_out(self, result: ScanResult, *, verbose: bool) -> None:
        """What is not shown, and what was not looked at."""
        if result.silenced:
            self.line(tally(result.silenced), "" if verbose else "; --verbose lists them", rest="  ")
        if result.stats.excluded:
            self.line(
                f"{count(result.stats.excluded, 'file or folder', 'files or folders')} left out with --exclude",
                rest="  ",
            )

    def cautions(self, result: ScanResult, limit: int | None) -> None:
        """Each kind of warning once, with its places."""
        for message, cautions in grouped(result.warnings, lambda caution: caution.message):
            self.gap()
            self.line(Text("note  ", NOTICE), self.text(message), rest="      ")
            for caution in cautions[:limit]:
                name = Text("  ").append_text(self.text(caution.entry, "bold")) if caution.entry else Text()
                self.line(self.path(caution.path, ""), f":{caution.line}", name, first="      ", rest="        ")
            if limit is not None and len(cautions) > limit:
                self.line(f"and {len(cautions) - limit} more: --verbose shows all", first="      ")
        self.gap()

    def entries(self, entries: Iterable[ScannedEntry]) -> None:
        """Every entry with its approach."""
        self.gap()
        for found in entries:
            marks = f" ({', '.join(found.approach.marks)})" if found.approach.marks else ""
            self.line(
                self.text(found.entry.name, "bold"),
                f"  {step(found.approach)}{marks}  ",
                self.path(found.entry.path, ""),
                f":{found.entry.line}",
                rest="  ",
            )
        self.gap()

    def silenced(self, result: ScanResult) -> None:
        """What is not shown, with what silenced it."""
        self.gap()
        for each in result.silenced:
            by = Text(f"  {BY[each.reason]}")
            if each.path:
                by.append(" ").append_text(self.path(each.path, "")).append(f":{each.line}")
            if each.note:
                by.append(": ").append_text(self.text(each.note))
            place = each.finding.place
            self.line(
                "silenced  ",
                self.path(place.path, ""),
                f":{place.line}  ",
                self.field(each.finding),
                "  ",
                self.text(each.finding.literal.reason),
                by,
                rest="  ",
            )
        self.gap()

    def pruned(self, result: ScanResult) -> None:
        """Folders that were not entered, and those that only have the name of a host's file."""
        self.gap()
        for path, why in result.stats.pruned:
            self.line("left out  ", self.path(path, ""), f"  {why}", rest="  ")
        for path in result.stats.misnamed:
            self.line("no file  ", self.path(path, ""), "  a folder, called as a host's file is", rest="  ")
        self.gap()
