"""What is on this machine, in at most ten lines, and the next command to type."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.ladder import in_use
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.remedy import BY_HAND, for_migrate
from unsprawl.scanner.report.scan_report import ScanReport
from unsprawl.scanner.report.summary import providers
from unsprawl.scanner.scan import ScanResult
from unsprawl.scanner.sources.git_hook import HookState

_LABEL = 12
HOOK = {
    None: "no git repository here",
    HookState.ACTIVE: "checks this repository before each commit",
    HookState.NOT_INSTALLED: "this repository names it, but git does not start it: pre-commit install",
    HookState.ABSENT: "not in this repository",
}


class Machine(NamedTuple):
    """What the card tells besides the scan."""

    hosts: Sequence[str]
    """Names of the hosts of which files are here."""
    vault: str
    hook: HookState | None
    """None outside of a repository."""


class Card(ScanReport):
    """One line a subject, none longer than the terminal is wide."""

    def card(self, result: ScanResult, machine: Machine) -> None:
        """The whole card."""
        sprawls = result.sprawls()
        self._sum(result)
        seen = f"{count(result.stats.files, 'file')}, {count(result.stats.entries, 'server')}"
        self._list("hosts", [*machine.hosts] or ["none found"], f" ({seen})" if machine.hosts else "")
        if sprawls:
            self._list("whose", [f"{name} {number} ({worst})" for name, number, worst in providers(sprawls)])
        if result.entries:
            self._list("approaches", in_use(result.entries))
        if not result.complete:
            paths = dict.fromkeys(problem.path for problem in result.problems)
            self._list("not read", [self.typed(path) for path in paths], style="bold magenta")
        self._list("vault", [machine.vault])
        self._list("git hook", [HOOK[machine.hook]])
        command, why = _next(result)
        self._put_line("next", Text(command, "bold").append(f"  {why}", "not bold"))

    def _sum(self, result: ScanResult) -> None:
        sprawls = result.sprawls()
        if not sprawls:
            text = Text("no literal secrets", "bold green" if result.complete else "bold")
        else:
            spread = sum(len(sprawl.findings) > 1 for sprawl in sprawls)
            text = Text(f"{len(sprawls)} in {count(len(result.findings), 'place')}", "bold").append(": ", "not bold")
            text.append_text(self.severities(sprawls))
            text.append(f"; {spread} with copies" if spread else "")
        if result.violations:
            text.append(f"; {count(len(result.violations), 'server')} against the policy", "not bold")
        if result.silenced:
            text.append(f"; {len(result.silenced)} silenced", "not bold")
        self._put_line("secrets", text)

    def _list(self, label: str, items: Sequence[str], after: str = "", style: str = "") -> None:
        """As many items as have room, and how many more there are."""
        texts = [self.text(item) for item in items]
        room = self.width - _LABEL
        for shown in range(len(texts), 0, -1):
            more = f" and {len(texts) - shown} more" if shown < len(texts) else ""
            line = Text(", ").join(texts[:shown]).append(more + after)
            if line.cell_len <= room:
                break
        self._put_line(label, line, style)

    def _put_line(self, label: str, text: Text, style: str = "") -> None:
        text.truncate(max(self.width - _LABEL, 8), overflow="ellipsis")
        self.line(text, first=Text(label.ljust(_LABEL), style))


def _next(result: ScanResult) -> tuple[str, str]:
    """The command that leads on, and what it does."""
    if for_migrate(result.findings):
        return "unsprawl migrate", "moves them, one by one (unsprawl scan lists them)"
    if result.findings:
        return "unsprawl scan", f"lists them: {BY_HAND}"
    if result.problems:
        return "unsprawl scan", "says why, and what to do"
    return "unsprawl scan ~", "looks through your whole home folder"
