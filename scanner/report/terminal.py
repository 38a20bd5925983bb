"""What every report on a terminal shows in the same way: severities, fields, what could not be checked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from rich.text import Text

from unsprawl.rules.load import load
from unsprawl.scanner.model import Confidence, Finding, Problem, Severity, SlotKind, State, Verdict
from unsprawl.scanner.report.lines import Lines
from unsprawl.scanner.report.verdicts import WORDS, said

RANK = {severity: rank for rank, severity in enumerate(Severity)}
# Legible on light and on dark ground, with 8 colours too: yellow, cyan and dim text are not.
NOTICE = "magenta"
STYLE = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: NOTICE,
    Severity.LOW: "",
}
VERDICTS = {
    State.LIVE: "bold red",
    State.RESTRICTED: "bold red",
    State.REVOKED: "green",
    State.EXPIRED: "green",
    State.INVALID: "green",
    State.RATE_LIMITED: NOTICE,
    State.UNKNOWN: NOTICE,
}
SHOWN = 3
"""So many problems of one file are listed; the others are counted."""
_Key = TypeVar("_Key", bound=Hashable)
_Item = TypeVar("_Item")


class TerminalReport(Lines):
    """Parts of a report."""

    def severity(self, finding: Finding) -> Text:
        """Its severity, as wide as the longest."""
        severity = finding.literal.severity
        return Text(severity.value.ljust(8), STYLE[severity])

    def field(self, finding: Finding, *, entry: bool = True) -> Text:
        """Where in the file a finding is: entry, kind of slot, name."""
        slot = finding.slot.context
        where = Text()
        if entry and finding.entry:
            where.append_text(self.text(finding.entry.name, "bold")).append("  ")
        bare = finding.commented and slot.kind is SlotKind.OTHER and not slot.name
        where.append("comment" if bare else slot.kind.value)
        return where.append(" ").append_text(self.text(slot.name)) if slot.name else where

    def what(self, finding: Finding) -> Text:
        """What was found, in as few words as tell it; how sure that is only where it is not."""
        literal = finding.literal
        rule = load().get(literal.rule)
        text = self.text(rule.name if rule else literal.reason)
        if finding.commented and rule:  # a reason says so itself
            text.append(", in a comment")
        return text.append(" (low confidence)") if literal.confidence is Confidence.LOW else text

    def verdict(self, verdict: Verdict) -> Text:
        """What the vendor said, and whose it is."""
        more = said(verdict)
        text = Text(WORDS[verdict.state], VERDICTS[verdict.state])
        return text.append(": ").append_text(self.text(more)) if more else text

    def problems(self, problems: Iterable[Problem]) -> None:
        """What could not be read or checked, with what to do about it."""
        self.gap()
        for path, found in grouped(problems, lambda problem: problem.path):
            label = Text("not checked  ", "bold magenta")
            said = list(dict.fromkeys((problem.line, problem.message) for problem in found))
            if len(said) == 1:
                line, message = said[0]
                self.line(label, self.path(path, ""), f":{line}  " if line else "  ", self.text(message), rest="  ")
            else:
                self.line(label, self.path(path, ""), rest="  ")
                for line, message in said[:SHOWN]:
                    self.line(f"line {line}: " if line else "", self.text(message), first="  ")
                if len(said) > SHOWN:
                    self.line(f"and {len(said) - SHOWN} more", first="  ")
            for hint in dict.fromkeys(problem.hint for problem in found[:SHOWN] if problem.hint):
                self.line(self.text(hint), first="  ")
        self.gap()


def grouped(items: Iterable[_Item], key: Callable[[_Item], _Key]) -> list[tuple[_Key, list[_Item]]]:
    """The items of each key together, in the order in which keys first come."""
    groups: dict[_Key, list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.items())
