"""What a path in a repository says about the file: whose configuration it is, and whether it must be read at all."""

from __future__ import annotations

import os
import re
from fnmatch import translate

from unsprawl.rules.bundle import DOCUMENTS, WALK
from unsprawl.scanner.candidates import Candidates
from unsprawl.scanner.copies import BEGINNING
from unsprawl.scanner.discover import ConfigFile, named
from unsprawl.scanner.document_kinds import KINDS
from unsprawl.scanner.env_files import is_env_file
from unsprawl.scanner.sources.exclude import Excluded
from unsprawl.scanner.sources.marks import longest_of_unknown
from unsprawl.scanner.sources.worktree import MAX_BYTES
from unsprawl.scanner.surroundings import Surroundings

SEARCHED: tuple[bytes, ...] = tuple(
    dict.fromkeys(
        (
            *(mark.encode("ascii") for mark in WALK["search"]["marks"]),
            *(mark for kind in KINDS.values() for mark in kind.marks),
        )
    )
)
"""What is looked for in the content of every blob, whatever its case: each mark at which some file is looked into."""
_UNMARKED = re.compile(
    "|".join(translate(name) for kind in DOCUMENTS["kinds"] if not KINDS[kind["id"]].marks for name in kind["names"])
)
"""The names of documents that are read whatever is in them, in lower case."""
_LONGEST: int = WALK["search"]["longest"]
_TAIL = 4


class PathNames:
    """Judges paths by name, each once. Paths are bytes, relative to the top, as git tells them."""

    def __init__(self, top: str, around: Surroundings, excluded: Excluded) -> None:
        self._prefix = top.rstrip(os.sep) + os.sep
        self._around = around
        self._excluded = excluded
        self._candidates = Candidates(folded=around.folds_case, thorough=False)
        self._files: dict[bytes, ConfigFile | None] = {}
        self._speaking: dict[bytes, bool] = {}
        self.left_out: set[bytes] = set()
        """Paths that the user left out."""
        self.env_files: set[bytes] = set()
        """What is called `.env` or `.env.local`, of all paths that were judged."""

    def full(self, path: bytes) -> str:
        """Where the file would be in the work tree. Foreign: a tree may name `../x`."""
        return self._prefix + os.fsdecode(path).replace("/", os.sep)

    def path(self, full: str) -> bytes | None:
        """The reverse of `full`; None for what is not below the top."""
        if not full.startswith(self._prefix):
            return None
        return os.fsencode(full[len(self._prefix) :].replace(os.sep, "/"))

    def leaves_out(self, path: bytes) -> bool:
        """Whether the user does not want the file looked at."""
        if path in self.left_out:
            return True
        if self._excluded and self._excluded.covers(self.full(path)):
            self.left_out.add(path)
            return True
        return False

    def file(self, path: bytes) -> ConfigFile | None:
        """The file with its readers; None for one whose name tells no type."""
        if path not in self._files:
            found = named(self.full(path), self._around)
            if found is not None and found.document is None:  # as in a walk: nobody says that such a file has entries
                readings = tuple(r if r.host else r._replace(guessed=True) for r in found.readings)
                found = found._replace(readings=readings)
            self._files[path] = found
        return self._files[path]

    def speaks(self, path: bytes) -> bool:
        """Whether the name alone makes the file one to be read, whatever is in it."""
        known = self._speaking.get(path)
        if known is None:
            known = False
            self._note(path)
            if self._may_speak(os.fsdecode(path)):
                file = self.file(path)
                known = file is not None and file.concerns(b"")
            self._speaking[path] = known
        return known

    def fits(self, path: bytes) -> bool:
        """Whether the name is one that hosts read, or says that the file is about servers."""
        self._note(path)
        return self._may_speak(os.fsdecode(path)) and self.file(path) is not None

    def counts(self, path: bytes) -> bool:
        """Whether anything is read of such a file, whatever its name says."""
        self._note(path)
        return self.most(path) > 0

    def most(self, path: bytes) -> int:
        """How many bytes of such a file are read at most."""
        file = self.file(path)
        if file is None:
            return longest_of_unknown(os.path.basename(os.fsdecode(path)))
        if file.hosts:
            return MAX_BYTES
        return file.document.longest if file.document is not None else _LONGEST

    def _note(self, path: bytes) -> None:
        if b".env" in path and is_env_file(os.path.basename(os.fsdecode(path))):
            self.env_files.add(path)

    def _may_speak(self, path: str) -> bool:
        """The first look, as a walk takes it: most names end here."""
        above, _, name = path.rpartition("/")
        folder = above.rpartition("/")[2]
        if self._around.folds_case:
            folder, name = folder.lower(), name.lower()
        look = self._candidates.look(folder)
        if (name[:BEGINNING] in look.beginnings or name[-_TAIL:] in look.tails) and (
            look.counts_as(name) is not None or look.searches(name)
        ):
            return True
        return _UNMARKED.match(name.lower()) is not None
