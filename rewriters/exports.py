"""Which entries had a variable exported for them by a migration, of which no word may be left in the entry itself."""

from __future__ import annotations

from contextlib import suppress

from unsprawl.rewriters.journal import State, journal_files, read_journal
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.vault import env_file


def exported() -> dict[tuple[str, str], tuple[str, ...]]:
    """By path and pointer of each entry, the variables that were exported for it and that are exported still.

    A journal or a file that cannot be read tells nothing; `migrate --status` says what is wrong with it.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    files = journal_files()
    if not files:
        return found
    with suppress(UnsprawlError):
        there = frozenset(env_file.names())
        for path in files:
            with suppress(UnsprawlError):
                for note in read_journal(path).files:
                    for entry in note.entries if note.state is State.DONE else ():
                        if entry.ref is None and entry.file is None and not entry.put_back:
                            names = tuple(name for name in entry.variables if name in there)
                            found[note.path, entry.pointer] = names
    return found
