"""What a path in a repository says about the file: whose configuration it is, and whether it must be read at all."""

from __future__ import annotations

import os

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.candidates import Candidates
from unsprawl.scanner.copies import BEGINNING
from unsprawl.scanner.discover import ConfigFile, named
from unsprawl.scanner.sources.exclude import Excluded
from unsprawl.scanner.sources.marks import longest_of_unknown
from unsprawl.scanner.sources.worktree import MAX_BYTES
from unsprawl.scanner.surroundings import Surroundings

SEARCHED: tuple[bytes, ...] = tuple(mark.encode("ascii") for mark in WALK["search"]["marks"])
"""What is looked for in the content of every blob, whatever its case: each mark at which some file is looked into."""
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
            if found is not None:  # as in a walk: nobody says that such a file has entries
                readings = tuple(r if r.host else r._replace(guessed=True) for r in found.readings)
                found = found._replace(readings=readings)
            self._files[path] = found
        return self._files[path]

    def speaks(self, path: bytes) -> bool:
        """Whether the name alone makes the file one to be read, whatever is in it."""
        known = self._speaking.get(path)
        if known is None:
            known = False
            if self._may_speak(os.fsdecode(path)):
                file = self.file(path)
                known = file is not None and file.concerns(b"")
            self._speaking[path] = known
        return known

    def fits(self, path: bytes) -> bool:
        """Whether the name is one that hosts read, or says that the file is about servers."""
        return self._may_speak(os.fsdecode(path)) and self.file(path) is not None

    def most(self, path: bytes) -> int:
        """How many bytes of such a file are read at most."""
        file = self.file(path)
        if file is None:
            return longest_of_unknown(os.path.basename(os.fsdecode(path)))
        return MAX_BYTES if file.hosts else _LONGEST

    def _may_speak(self, path: str) -> bool:
        """The first look, as a walk takes it: most names end here."""
        above, _, name = path.rpartition("/")
        folder = above.rpartition("/")[2]
        if self._around.folds_case:
            folder, name = folder.lower(), name.lower()
        look = self._candidates.look(folder)
        if name[:BEGINNING] not in look.beginnings and name[-_TAIL:] not in look.tails:
            return False
        return look.counts_as(name) is not None or look.searches(name)
