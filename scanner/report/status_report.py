"""How all migrations stand, as JSON and for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from unsprawl.rewriters.journal import EntryNote
from unsprawl.rewriters.status import EntryStatus, FileStatus, MigrationStatus, Standing
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.migration import MigrationReport
from unsprawl.scanner.report.terminal import NOTICE
from unsprawl.scanner.scan import shown_path

_WORDS = {
    Standing.DONE: "as the migration left it",
    Standing.MOVED_ON: "changed since; its migrated entries did not",
    Standing.CHANGED: "changed since, and so did a migrated entry",
    Standing.GONE: "not there any more",
    Standing.UNREADABLE: "cannot be read",
    Standing.PUT_BACK: "as it was before",
    Standing.UNKNOWN: "changed since; the store cannot be asked how",
    Standing.INTERRUPTED: "a killed run, not settled",
    Standing.ROLLED_BACK: "was never changed: the run was stopped",
    Standing.UNDONE: "undone",
}
_BRANCHES = {
    "checked-out": "checked out, at the commit of the migration",
    "there": "there, and something else is checked out",
    "moved-on": "at another commit by now",
    "gone": "deleted, or merged and deleted",
    "unknown": "git does not answer there",
}
_STYLES = {
    Standing.DONE: "green",
    Standing.MOVED_ON: "green",
    Standing.CHANGED: NOTICE,
    Standing.GONE: NOTICE,
    Standing.UNREADABLE: "bold red",
    Standing.UNKNOWN: "bold red",
    Standing.INTERRUPTED: "bold red",
}


def status_json(migrations: Iterable[MigrationStatus], root: str) -> list[Json]:
    """The field `migrations` of the contract."""
    return [
        {
            "id": each.journal.id,
            "created_at": each.journal.created_at,
            "files": [_file_json(file, root) for file in each.files],
            "branch": _branch_json(each),
        }
        for each in migrations
    ]


def _branch_json(each: MigrationStatus) -> Json:
    note = each.journal.branch
    if note is None:
        return None
    return {
        "repository": note.top,
        "name": note.name,
        "commit": note.commit or None,
        "state": each.branch or note.state.value,
    }


def _file_json(file: FileStatus, root: str) -> Json:
    return {
        "path": shown_path(file.note.path, root),
        "state": file.state.value,
        "reason": file.reason,
        "entries": [_entry_json(entry) for entry in file.entries],
    }


def _entry_json(entry: EntryStatus) -> Json:
    note = entry.note
    return {
        "entry": note.entry,
        "pointer": note.pointer,
        "hosts": list(note.hosts),
        "target": note.target,
        "ref": note.ref,
        "variables": list(note.variables),
        "file": note.file,
        "state": entry.state.value,
        "rotate": [{"what": what, "page": page or None} for what, page in entry.rotate],
    }


class StatusReport(MigrationReport):
    """Migration by migration, file by file."""

    def migrations(self, found: Sequence[MigrationStatus]) -> None:
        """All of them, oldest first."""
        for each in found:
            self.gap()
            self.line(self.text(each.journal.id, "bold"), "  ", self.text(each.journal.created_at))
            if each.journal.branch is not None and each.branch:
                note = each.journal.branch
                where = Text.assemble(self.text(note.name, "bold"), " in ", self.path(note.top, ""))
                self.line("the branch ", where, ": ", _BRANCHES[each.branch], first="  ", rest="    ")
            for file in each.files:
                state = Text(_WORDS[file.state], _STYLES.get(file.state, ""))
                self.line(self.path(file.note.path), ": ", state, first="  ", rest="    ")
                if file.reason:
                    self.line(self.text(file.reason), first="    ", rest="      ")
                rows = [self._row(file, entry) for entry in file.entries]
                if not self.columns(rows, 4):
                    for state, name, where in rows:
                        self.line(state, "  ", name, "  ", where, first="    ", rest="      ")
        self.gap()

    def _row(self, file: FileStatus, entry: EntryStatus) -> tuple[Text, Text, Text]:
        state = Text(entry.state.value, _STYLES.get(entry.state, ""))
        return state, self.text(entry.note.entry, "bold"), self._where(entry.note)

    def _where(self, note: EntryNote) -> Text:
        """Where the values went."""
        if note.ref is not None:
            return self.text(f"{note.target}: the vault, as {note.ref}")
        where = self.text(f"{note.target}: {', '.join(note.variables)}" if note.variables else note.target)
        return where if note.file is None else Text.assemble(where, " in ", self.path(note.file, ""))
