"""Plans and outcomes of migrate, undo and verify, as JSON and for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.padding import Padding
from rich.text import Text

from unsprawl.rewriters.apply import Outcome
from unsprawl.rewriters.diff import masked_diff
from unsprawl.rewriters.operations import carry_out
from unsprawl.rewriters.plan import EntryStep, FilePlan, Plan, Refusal
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Entry, Problem
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.json_report import Json, envelope
from unsprawl.scanner.report.terminal import TerminalReport
from unsprawl.scanner.scan import shown_path

_STATUS_STYLE = {"done": "green", "restored": "green", "refused": "yellow", "failed": "bold red", "todo": "yellow"}


def migration_json(
    command: str,
    plan: Plan,
    outcomes: Sequence[Outcome],
    todo: Sequence[str],
    journal_id: str | None,
    problems: Sequence[Problem],
    root: str,
) -> dict[str, Json]:
    """The contract's document for migrate, undo and verify."""
    document = envelope(command, problems, root, {"steps": len(plan.steps), "refusals": len(plan.refusals)})
    document["root"] = root
    document["plan"] = {
        "steps": [_step(step, root) for step in plan.steps],
        "refusals": [_refusal(refusal, root) for refusal in plan.refusals],
    }
    document["outcomes"] = [
        {
            "path": shown_path(outcome.path, root),
            "pointer": outcome.pointer,
            "hosts": list(outcome.hosts),
            "entry": outcome.entry,
            "target": outcome.target,
            "status": outcome.status,
            "reason": outcome.reason,
        }
        for outcome in outcomes
    ]
    document["todo"] = list(todo)
    document["journal_id"] = journal_id
    return document


def _place(entry: Entry, root: str) -> dict[str, Json]:
    return {
        "path": shown_path(entry.path, root),
        "pointer": pointer(entry.key_path),
        "hosts": list(entry.hosts),
        "entry": entry.name,
    }


def _step(step: EntryStep, root: str) -> Json:
    return {
        **_place(step.found.entry, root),
        "target": step.target,
        "summary": step.summary,
        "variables": [keep.name for keep in step.keeps],
        "ref": step.record.ref if step.record else None,
        "todo": list(step.todo),
    }


def _refusal(refusal: Refusal, root: str) -> Json:
    return {
        **_place(refusal.found.entry, root),
        "target": refusal.target,
        "reason": refusal.reason,
        "hint": refusal.hint,
    }


class MigrationReport(TerminalReport):
    """Plans and outcomes for people."""

    def step(self, file: FilePlan, step: EntryStep, redactor: Redactor, root: str) -> None:
        """What would happen to one entry: what is there, where it goes, the diff."""
        entry = step.found.entry
        title = self.text(entry.name, "bold").append("  ").append_text(self.path(entry.path, root, "dim"))
        self._console.print(title.append(f":{entry.line}", "dim"))
        for finding in step.found.findings:
            slot = finding.slot.context
            line = Text(f"  {slot.kind.value} ", "dim").append_text(self.text(slot.name)).append(": ")
            self._console.print(line.append(finding.literal.reason))
        self._console.print(Text("  goes to ", "dim").append_text(self.text(step.summary, "green")))
        document = file.examined.document
        after = carry_out(document.codec, document.text, step.operations).text
        for changed in masked_diff(entry.path, document.text, after, redactor):
            style = "green" if changed.startswith("+") else "red" if changed.startswith("-") else "dim"
            self._console.print(Padding(self.text(changed, style), (0, 0, 0, 4), expand=False))
        self._console.print()

    def refusals(self, refusals: Iterable[Refusal], root: str) -> None:
        """Entries that stay as they are, and why."""
        for refusal in refusals:
            entry = refusal.found.entry
            line = Text("stays ", "yellow").append_text(self.text(entry.name, "bold")).append("  ")
            self._console.print(line.append_text(self.path(entry.path, root, "dim")).append(f":{entry.line}", "dim"))
            self._console.print(Padding(self.text(refusal.reason), (0, 0, 0, 6), expand=False))
            if refusal.hint:
                self._console.print(Padding(self.text(refusal.hint, "dim"), (0, 0, 0, 6), expand=False))

    def outcomes(self, outcomes: Iterable[Outcome], root: str) -> None:
        """What became of each entry."""
        for outcome in outcomes:
            line = Text(f"{outcome.status} ", _STATUS_STYLE.get(outcome.status, ""))
            line.append_text(self.text(outcome.entry, "bold")).append("  ").append_text(self.path(outcome.path, root, "dim"))
            self._console.print(line)
            self._console.print(Padding(self.text(outcome.reason), (0, 0, 0, 6), expand=False))

    def todo(self, todo: Sequence[str]) -> None:
        """What a person must do."""
        if todo:
            self._console.print()
            self._console.print(Text("Now it is your turn:", "bold"))
            for item in todo:
                self._console.print(Padding(Text("- ").append_text(self.text(item)), (0, 0, 0, 2), expand=False))
