"""Paths without links, and the trees that they are in, scanned or git's: each folder is looked at once in a run."""

from __future__ import annotations

import os
from collections.abc import Iterable

from unsprawl.scanner.sources.links import is_within

_NO_NAMES = frozenset({"", os.curdir, os.pardir})
_RECENT = 64
"""So many files are remembered."""
_MOST = 10_000
"""So many folders are remembered."""


class RealPaths:
    """One run's view of the folders above its files: dozens of files lie below the same ones."""

    def __init__(self, folders: Iterable[str] = ()) -> None:
        """`folders`: what is scanned."""
        self._scanned = tuple(dict.fromkeys(map(os.path.realpath, folders)))
        self._folders: dict[str, str] = {}
        self._tops: dict[str, str | None] = {}
        self._recent: dict[str, str] = {}

    def real(self, path: str) -> str:
        """What `os.path.realpath` answers for an absolute path."""
        real = self._recent.get(path)
        if real is None:  # whoever has to do with a file asks anew
            if len(self._recent) >= _RECENT:
                self._recent.clear()
            real = self._recent[path] = self._real(path)
        return real

    def _real(self, path: str) -> str:
        folder, name = os.path.split(path)
        # Windows also puts right how names are spelled there, which only the system knows.
        if os.name == "nt" or name in _NO_NAMES or os.path.islink(path):
            return os.path.realpath(path)
        return os.path.join(self._folder(folder), name)

    def _folder(self, folder: str) -> str:
        unseen = []
        while folder not in self._folders and (above := os.path.dirname(folder)) != folder:
            unseen.append(folder)
            folder = above
        if len(self._folders) > _MOST:  # a walk goes on near where it is: what it left long ago is not asked again
            self._folders.clear()
        real = self._folders.get(folder) or os.path.realpath(folder)
        for path in reversed(unseen):
            name = os.path.basename(path)
            linked = name in _NO_NAMES or os.path.islink(path)
            real = self._folders[path] = os.path.realpath(path) if linked else os.path.join(real, name)
        return real

    def scanned(self, folder: str) -> list[str]:
        """The scanned folders that a real folder is one of, or in."""
        return [each for each in self._scanned if is_within(folder, each)]

    def work_tree(self, folder: str) -> str | None:
        """The top of the git work tree that a real folder is in; see `repository_of`."""
        asked = []
        while folder not in self._tops:
            asked.append(folder)
            if os.path.lexists(os.path.join(folder, ".git")):
                self._tops[folder] = folder
            elif (above := os.path.dirname(folder)) == folder:
                self._tops[folder] = None
            else:
                folder = above
        self._tops |= dict.fromkeys(asked, self._tops[folder])
        return self._tops[folder]
