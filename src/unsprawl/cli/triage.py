"""`scan --triage`: one new secret after the other, and what is decided about each. Writes the baseline alone."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.baselines import Comparison, naming, written
from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.baseline import FALSE_POSITIVE, KNOWN, Known
from unsprawl.scanner.baseline_file import is_day
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.model import Finding
from unsprawl.scanner.report.console import console_for
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.terminal import TerminalReport
from unsprawl.scanner.scan import ScanResult
from unsprawl.scanner.surroundings import Surroundings

_LAST = "Until when (YYYY-MM-DD, empty for no end)"
_ASKED = "[k]nown for now, [f]alse positive, [s]kip, [q]uit"


def can_ask() -> None:
    """Raises UsageError where nobody could answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "--triage asks, and this is no terminal", hint="`--update-baseline` takes all that is found without asking."
        )


def triaged(result: ScanResult, by: Comparison, around: Surroundings) -> Comparison:
    """Ask about each finding that the baseline does not know. What was answered is kept, also when the user stops."""
    report = TerminalReport(console_for(sys.stderr), REDACTOR, around.home, around.cwd)
    said = result.baseline
    new = [each for each in result.findings if by.baseline.holds_for(around.comparable(each.place.path))]
    over = {finding.fingerprint: known for finding, known in said.expired} if said is not None else {}
    names = naming(by.place, around)
    decided: dict[str, Known] = {}
    try:
        for number, finding in enumerate(new, 1):
            _show(report, finding, f"{number} of {len(new)}", over.get(finding.fingerprint))
            answer = click.prompt(
                _ASKED, type=click.Choice(["k", "f", "s", "q"]), default="s", show_choices=False, err=True
            )
            if answer == "q":
                break
            if answer != "s":
                status = KNOWN if answer == "k" else FALSE_POSITIVE
                reason = click.prompt("Why", err=True, value_proc=_reason)
                last = ""
                if status == KNOWN:  # what is no secret will never be one
                    last = click.prompt(_LAST, default="", show_default=False, err=True, value_proc=_day)
                decided[finding.fingerprint] = names.known(finding, status, reason, last)
    finally:
        after = written(by, (by.baseline.known | decided).values(), around) if decided else by
        report.gap()
        report.line(f"{count(len(decided), 'place')} decided, {len(new) - len(decided)} left")
    return after


def _show(report: TerminalReport, finding: Finding, which: str, before: Known | None) -> None:
    report.gap()
    place = finding.place
    report.line(f"{which}  ", report.path(place.path), f":{place.line}  ", report.field(finding), rest="  ")
    report.line(report.severity(finding), "  ", report.what(finding), first="  ", rest="    ")
    if before is not None:
        why = f": {before.reason}" if before.reason else ""
        report.line(report.text(f"was known until {before.expires}{why}"), first="  ", rest="    ")


def _reason(text: str) -> str:
    if not text.strip():
        raise click.UsageError("A reason is for whoever reads the baseline next.")
    return text


def _day(text: str) -> str:
    import time

    text = text.strip()
    if text and not is_day(text):
        raise click.UsageError("A day as YYYY-MM-DD, or nothing.")
    if text and text < time.strftime("%Y-%m-%d"):
        raise click.UsageError("That day is over.")
    return text
