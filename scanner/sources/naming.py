"""How a file is called in fingerprints: the same wherever a scan starts, and for everybody who has the repository."""

from __future__ import annotations

import os

from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.surroundings import Surroundings


class FileNames:
    """Names of one run's files: within their git work tree, else below the home (`~/…`), else absolute; `/` between.

    A link is called like the file that it leads to. Two clones of a repository hold files of one name: the second one
    of a run is called by its longer name, so that no two places share a fingerprint.
    """

    def __init__(self, around: Surroundings, paths: RealPaths | None = None) -> None:
        self._homes = tuple(dict.fromkeys(map(os.path.realpath, around.homes)))
        self._paths = paths or RealPaths()
        self._given: dict[str, str] = {}

    def name(self, path: str) -> str:
        """The name of the file at `path` (absolute)."""
        real = self._paths.real(path)
        top = self._paths.work_tree(os.path.dirname(real))
        name = self._below_home(real) if top is None else relative(real, top)
        if self._given.setdefault(name, real) != real:
            name = self._below_home(real)
        return name

    def _below_home(self, real: str) -> str:
        for home in self._homes:
            if (below := relative(real, home)) != real.replace(os.sep, "/"):
                return f"~/{below}"
        return real.replace(os.sep, "/")


def relative(path: str, folder: str) -> str:
    """The path below the folder, otherwise as it is; with `/` between names on every system."""
    return path.removeprefix(folder.rstrip(os.sep) + os.sep).replace(os.sep, "/")
