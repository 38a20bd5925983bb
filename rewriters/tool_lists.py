"""The names of a server's tools, before and after a migration: kept in the journal, compared, told safely."""

from __future__ import annotations

import re
from collections.abc import Iterable

from unsprawl.rewriters.journal import EntryNote, FileNote, Journal, journals
from unsprawl.rewriters.outcome import Status
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Entry
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.secret import Secret

_ORDINARY = re.compile(r"[A-Za-z0-9_./:-]{1,64}", re.ASCII)
"""As MCP wants names to be. Others are counted, and neither shown nor kept."""
_SHOWN = 5


def compared(now: frozenset[str], before: frozenset[str] | None) -> tuple[Status, str]:
    """What became of the tools: a status, and the end of a sentence that begins with the server."""
    if before is None:
        return "done", f"has {_tools(len(now))}"
    gone, new = before - now, now - before
    if gone:
        return "failed", f"lacks {len(gone)} of the {_tools(len(before))} that it had before: {_named(gone)}"
    if new:
        return "done", f"has all {_tools(len(before))} that it had before, and {len(new)} more: {_named(new)}"
    return "done", f"has the same {_tools(len(now))} as before"


def note_tools(journal: Journal, before: dict[tuple[str, str], frozenset[str]], secrets: Iterable[Secret]) -> None:
    """Keep the names with the entries that were moved. Raises VaultError.

    `before` is by path and pointer. A server may call a tool after its key: such a name is not kept.
    """
    redactor = Redactor()
    redactor.learn(secrets)
    for file, entry in _entries([journal]):
        names = before.get((file.path, entry.pointer))
        if names is not None:
            entry.tools = sorted(name for name in names if _ORDINARY.fullmatch(name) and redactor.clean(name) == name)
    journal.save()


def noted_tools(entry: Entry) -> frozenset[str] | None:
    """The names that the entry's server had before its newest migration in force, or None where nobody asked then."""
    noted: frozenset[str] | None = None
    for file, note in _entries(journal for journal in journals() if journal.in_force):
        if (file.path, note.pointer, note.entry) == (entry.path, pointer(entry.key_path), entry.name):
            noted = None if note.tools is None else frozenset(note.tools)
    return noted


def _entries(found: Iterable[Journal]) -> Iterable[tuple[FileNote, EntryNote]]:
    return ((file, entry) for each in found for file in each.files if file.state.holds for entry in file.entries)


def _tools(count: int) -> str:
    return f"{count} tool{'' if count == 1 else 's'}"


def _named(names: frozenset[str]) -> str:
    ordinary = sorted(name for name in names if _ORDINARY.fullmatch(name))
    shown = ordinary[:_SHOWN] or ["of odd names"]
    return ", ".join([*shown, "…"] if len(names) > len(shown) else shown)
