"""How a file is called in fingerprints: the same wherever a scan starts, and for everybody who has the repository."""

from __future__ import annotations

import os

from unsprawl.scanner.surroundings import Surroundings


class FileNames:
    """Names of one run's files: within their git work tree, else below the home (`~/…`), else absolute; `/` between.

    A link is called like the file that it leads to. Two clones of a repository hold files of one name: the second one
    of a run is called by its longer name, so that no two places share a fingerprint.
    """

    def __init__(self, around: Surroundings) -> None:
        self._homes = tuple(dict.fromkeys(map(os.path.realpath, around.homes)))
        self._tops: dict[str, str | None] = {}
        self._given: dict[str, str] = {}

    def name(self, path: str) -> str:
        """The name of the file at `path` (absolute)."""
        real = os.path.realpath(path)
        top = self._top(os.path.dirname(real))
        name = self._below_home(real) if top is None else relative(real, top)
        if self._given.setdefault(name, real) != real:
            name = self._below_home(real)
        return name

    def _top(self, folder: str) -> str | None:
        """The work tree that a folder is in. Each folder is looked at once, however many files lie below it."""
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

    def _below_home(self, real: str) -> str:
        for home in self._homes:
            if (below := relative(real, home)) != real.replace(os.sep, "/"):
                return f"~/{below}"
        return real.replace(os.sep, "/")


def relative(path: str, folder: str) -> str:
    """The path below the folder, otherwise as it is; with `/` between names on every system."""
    return path.removeprefix(folder.rstrip(os.sep) + os.sep).replace(os.sep, "/")
