"""What a scan tells besides its findings: warnings, and with --verbose every entry and what is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from unsprawl.scanner.baseline_update import Compared
from unsprawl.scanner.report.ladder import step
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.summary import severities
from unsprawl.scanner.report.terminal import NOTICE, STYLE, VERDICTS, TerminalReport, grouped
from unsprawl.scanner.report.verdicts import WORDS, tally
from unsprawl.scanner.scan import ScannedEntry, ScanResult, Sprawl
from unsprawl.scanner.suppress import BY, tellable
from unsprawl.scanner.suppress import tally as silenced_tally


class Details(TerminalReport):
    """Parts of a report on a scan."""

    def severities(self, sprawls: Sequence[Sprawl]) -> Text:
        """`1 critical, 2 high`."""
        return Text(", ").join(
            Text(f"{number} {severity.value}", STYLE[severity]) for severity, number in severities(sprawls)
        )

    def verdicts(self, sprawls: Sequence[Sprawl]) -> None:
        """What the vendors said, where any was asked: of each secret once."""
        known = [sprawl.findings[0].verdict for sprawl in sprawls]
        found = [verdict for verdict in known if verdict is not None]
        if not found:
            return
        counts = [Text(f"{number} {WORDS[state]}", VERDICTS[state]) for state, number in tally(found)]
        if len(found) < len(known):
            counts.append(Text(f"{len(known) - len(found)} that no check is known for"))
        self.line("their vendors say: ", Text(", ").join(counts), first="  ", rest="    ")

    def nothing(self, result: ScanResult, where: str = "") -> Text:
        """That there is no finding: to a baseline, no new one."""
        what = "no literal secrets" if result.baseline is None else "no new secrets"
        return Text(f"{what}{where}", "bold green" if result.complete else "bold")

    def left_out(self, result: ScanResult, *, verbose: bool) -> None:
        """What is not shown, and what was not looked at."""
        if result.silenced:
            self.line(silenced_tally(result.silenced), "" if verbose else "; --verbose lists them", rest="  ")
        if result.excused:
            fails = "does not fail" if len(result.excused) == 1 else "do not fail"
            by = self.path(result.policy, "")
            self.line(f"{count(len(result.excused), 'secret')} shown {fails}, by ", by, rest="  ")
        if result.tolerated:
            self.line(f"{count(len(result.tolerated), 'problem')} allowed by ", self.path(result.policy, ""), rest="  ")
        if result.stats.excluded:
            self.line(
                f"{count(result.stats.excluded, 'file or folder', 'files or folders')} left out with --exclude",
                rest="  ",
            )

    def cautions(self, result: ScanResult, limit: int | None) -> None:
        """Each kind of warning once, with its places."""
        for message, cautions in grouped(result.warnings, lambda caution: caution.message):
            self.gap()
            label = Text("note  ", NOTICE) if cautions[0].severity is None else Text("fails ", "bold red")
            self.line(label, self.text(message), rest="      ")
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

    def compared(self, compared: Compared, limit: int | None) -> None:
        """What the baseline knows, what it knew until a day that is over, and what it need not know any more."""
        self.gap()
        self.line(self.path(compared.path), f": {count(compared.known, 'place')} known, {compared.new} new", rest="  ")
        for finding, known in compared.expired[:limit]:
            place = finding.place
            where = Text("expired  ", NOTICE).append_text(self.path(place.path, "")).append(f":{place.line}  ")
            why = f": {tellable(known.reason)}" if known.reason else ""
            said = self.text(f"  was known until {known.expires}{why}")
            self.line(where, self.field(finding), said, first="  ", rest="    ")
        if limit is not None and len(compared.expired) > limit:
            self.line(f"and {len(compared.expired) - limit} more that expired: --verbose shows all", first="  ")
        if compared.gone:
            gone = count(compared.gone, "known place is", "known places are")
            self.line(f"{gone} clean now: --update-baseline drops what is gone", first="  ", rest="    ")
        self.gap()
