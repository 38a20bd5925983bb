"""Plans and outcomes of migrate, undo and verify, as JSON and for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from unsprawl.rewriters.changes import changes
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import EntryStep, FilePlan, Plan, Refusal
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Entry, Finding, Problem
from unsprawl.scanner.report.json_report import Json, envelope
from unsprawl.scanner.report.loose import why_loose
from unsprawl.scanner.report.terminal import NOTICE, TerminalReport, grouped
from unsprawl.scanner.scan import shown_path

_STATUS_STYLE = {
    "done": "green",
    "restored": "green",
    "refused": NOTICE,
    "failed": "bold red",
    "todo": NOTICE,
    "skipped": "",
}
_STATUS_WIDTH = max(map(len, _STATUS_STYLE))
_NEAR = 60
"""So many characters on each side of a change are shown, and of what replaces a whole value."""


def migration_json(
    command: str,
    plan: Plan,
    outcomes: Sequence[Outcome],
    todo: Sequence[str],
    journal_id: str | None,
    problems: Sequence[Problem],
    root: str,
    loose: Sequence[Finding] = (),
) -> dict[str, Json]:
    """The contract's document for migrate, undo and verify. `loose`: findings beside the entries, which stay."""
    refusals = [*(_refusal(refusal, root) for refusal in plan.refusals), *(_stays(finding, root) for finding in loose)]
    document = envelope(command, problems, root, {"steps": len(plan.steps), "refusals": len(refusals)})
    document["root"] = root
    document["plan"] = {
        "steps": [_step(step, root) for step in plan.steps],
        "refusals": refusals,
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
        "notes": list(step.notes),
        "todo": list(step.todo),
    }


def _refusal(refusal: Refusal, root: str) -> Json:
    return {
        **_place(refusal.found.entry, root),
        "target": refusal.target,
        "reason": refusal.reason,
        "hint": refusal.hint,
    }


def _stays(finding: Finding, root: str) -> Json:
    reason, hint = why_loose(finding)
    return {
        "path": shown_path(finding.place.path, root),
        "pointer": finding.place.pointer,
        "hosts": list(finding.hosts),
        "entry": finding.entry.name if finding.entry else None,
        "target": None,
        "reason": reason,
        "hint": hint,
    }


def _middle_out(piece: str) -> str:
    """A long piece of a value without its middle; what is next to a change stays."""
    return piece if len(piece) <= 3 * _NEAR else f"{piece[:_NEAR]} ... {piece[-_NEAR:]}"


class MigrationReport(TerminalReport):
    """Plans and outcomes."""

    def step(self, file: FilePlan, step: EntryStep) -> None:
        """What would happen to one entry: what is there, where it goes, the diff."""
        self.gap()
        self.entry_title(step.found.entry)
        for finding in step.found.findings:
            self.line(
                self.field(finding, entry=False), ": ", self.text(finding.literal.reason), first="  ", rest="    "
            )
        self.line("goes to ", self.text(step.summary, "green"), first="  ", rest="    ")
        for item in step.notes + step.todo:
            self.line(self.text(item), first="  ", rest="    ")
        self.changes(file, step)
        self.gap()

    def changes(self, file: FilePlan, step: EntryStep) -> None:
        """The changed fields of one entry, line by line."""
        for changed in changes(file, step):
            style = "green" if changed.sign == "+" else "red"
            # Redacted before it is shortened: of half a value nobody can tell that it is one.
            pieces = tuple(_middle_out(self.text(piece).plain) for piece in changed.pieces)
            self.line(self.text(changed._replace(pieces=pieces).line, style), first="    ", rest="        ")

    def entry_title(self, entry: Entry, before: Text | str = "") -> None:
        """Its name and where it is."""
        where = self.path(entry.path, "").append(f":{entry.line}")
        self.line(before, self.text(entry.name, "bold"), "  ", where, rest="  ")

    def refusals(self, refusals: Iterable[Refusal]) -> None:
        """Entries that stay as they are, and why: those with one reason together."""
        for (reason, hint), alike in grouped(refusals, lambda refusal: (refusal.reason, refusal.hint)):
            self.gap()
            for refusal in alike:
                self.entry_title(refusal.found.entry, Text("stays  ", NOTICE))
            self.line(self.text(reason), first="  ")
            if hint:
                self.line(self.text(hint), first="  ")
        self.gap()

    def loose(self, findings: Iterable[Finding]) -> None:
        """Secrets beside the entries, such as an input's default or a variable of an environment file: they stay."""
        for (reason, hint), alike in grouped(findings, why_loose):
            self.gap()
            for finding in alike:
                where = self.path(finding.place.path, "").append(f":{finding.place.line}")
                self.line(Text("stays  ", NOTICE), self.field(finding), "  ", where, rest="  ")
            self.line(reason, first="  ")
            self.line(hint, first="  ")
        self.gap()

    def outcomes(self, outcomes: Iterable[Outcome]) -> None:
        """What became of each entry, file by file."""
        for path, of_file in grouped(outcomes, lambda outcome: outcome.path):
            self.gap()
            self.line(self.path(path), rest="  ")
            rows = [
                (
                    Text(outcome.status, _STATUS_STYLE.get(outcome.status, "")),
                    self.text(outcome.entry, "bold"),
                    self.text(outcome.reason),
                )
                for outcome in of_file
            ]
            if not self.columns(rows, 2):
                for row in rows:
                    if not self.columns([row], 2):
                        begin = Text("  ").append_text(row[0]).append("  ")
                        self.line(row[1], first=begin)
                        self.line(row[2], first=" " * begin.cell_len)
        self.gap()

    def todo(self, todo: Sequence[str]) -> None:
        """What a person must do."""
        if todo:
            self.gap()
            self.line(Text("Now it is your turn:", "bold"))
        for item in todo:
            if (
                isinstance(item, Todo) and item.typed and len(item) + 4 > self.width
            ):  # on a line of its own it can be copied
                self.line(self.text(f"{item.said}:"), first="  - ", rest="    ")
                self.line(self.text(item.typed), first="      ")
            else:
                self.line(self.text(item), first="  - ", rest="    ")

    def say(self, sentence: str) -> None:
        """A closing sentence of the program's own."""
        self.gap()
        self.line(sentence)
