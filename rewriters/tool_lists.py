"""The names of a server's tools, before and after a migration: kept in the journal, compared, told safely."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import TypeAlias

from unsprawl.rewriters.journal import EntryNote, FileNote, Journal, journals
from unsprawl.rewriters.outcome import Status
from unsprawl.rewriters.plan import Plan
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Entry
from unsprawl.scanner.redact import Redactor

Key: TypeAlias = tuple[str, str]
"""An entry: the path of its file, and its pointer there."""

_ORDINARY = re.compile(r"[A-Za-z0-9_./:-]{1,64}", re.ASCII)
"""As MCP wants names to be. Others are counted, and neither shown nor kept."""
_SHOWN = 5


def compared(now: frozenset[str], before: frozenset[str] | None) -> tuple[Status, str]:
    """What became of the tools: a status, and the end of a sentence that begins with the server."""
    if before is None:
        return "done", f"has {_tools(len(now))}"
    gone, new = before - now, {name for name in now - before if _ORDINARY.fullmatch(name)}
    if gone:
        return "failed", f"lacks {len(gone)} of the {_tools(len(before))} that it had before: {_named(gone)}"
    if new:
        return "done", f"has all {_tools(len(before))} that it had before, and {len(new)} more: {_named(new)}"
    return "done", f"has the same {_tools(len(before))} as before"


def note_tools(journal: Journal, before: Mapping[Key, frozenset[str]], plan: Plan) -> None:
    """Keep with each entry that was moved the names that its server had before. Raises VaultError.

    A server may call a tool after its key: such a name is not kept.
    """
    redactor = Redactor()
    redactor.learn(finding.secret for step in plan.steps for finding in step.found.findings)
    for file, entry in _entries([journal]):
        names = before.get((file.path, entry.pointer))
        if names is not None:
            entry.tools = sorted(name for name in names if _ORDINARY.fullmatch(name) and redactor.clean(name) == name)
    journal.save()


def noted_tools(entry: Entry) -> frozenset[str] | None:
    """The names that the entry's server had before its newest migration in force, or None where nobody asked then."""
    with suppress(NotApplied):  # a damaged journal: then there is nothing to compare with
        return _newest(entry)
    return None


def _newest(entry: Entry) -> frozenset[str] | None:
    noted: frozenset[str] | None = None
    for file, note in _entries(journal for journal in journals() if journal.in_force):
        if (file.path, note.pointer, note.entry) == (entry.path, pointer(entry.key_path), entry.name):
            noted = None if note.tools is None else frozenset(note.tools)
    return noted


def _entries(found: Iterable[Journal]) -> Iterable[tuple[FileNote, EntryNote]]:
    return ((file, entry) for each in found for file in each.files if file.state.holds for entry in file.entries)


def _tools(count: int) -> str:
    return f"{count} tool{'' if count == 1 else 's'}"


def _named(names: Collection[str]) -> str:
    """A few of them; those that are not ordinary are not told apart."""
    shown = sorted(name if _ORDINARY.fullmatch(name) else "(an odd name)" for name in names)
    return ", ".join(shown[:_SHOWN] + ["…"] * (len(shown) > _SHOWN))
