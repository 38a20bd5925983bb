"""The secrets that migrations moved out of every file: what they are, and whether something still needs them."""

from __future__ import annotations

from collections.abc import Iterable

from unsprawl.rewriters.holders import holders
from unsprawl.rewriters.journal import journal_files
from unsprawl.rewriters.whereabouts import Entries, whereabouts
from unsprawl.scanner.model import Literal, Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret


class Moved(NamedTuple):
    """A secret that a migration moved out of all files."""

    secret: Secret
    literal: Literal
    needed: bool
    """Whether something of this machine still uses it."""


def moved_secrets(standing: Iterable[Secret]) -> tuple[list[Moved], list[Problem]]:
    """Those that are kept for undo and stand in no file any more, and what could not be looked into.

    `standing`: what was found in files. Stores are asked only where there was a migration.
    """
    if not journal_files():
        return [], []
    found, problems = holders()
    there = frozenset(standing)
    moved = [
        Moved(each.secret, each.finding.literal, any(holder.kind.depends for holder in each.holders))
        for each in whereabouts((), found, Entries())
        if each.undone_by and each.secret not in there
    ]
    return moved, problems
