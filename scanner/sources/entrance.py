"""Which folders a walk enters: not those that the rules or the user leave out, and no other file system."""

from __future__ import annotations

import os
from collections.abc import Callable
from fnmatch import fnmatchcase

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources.mounts import boundary_of
from unsprawl.scanner.surroundings import Surroundings

MARKERS: dict[str, tuple[frozenset[str], str]] = {
    item["marker"]: (frozenset(item["names"]), item["why"]) for item in WALK["beside"]
}
"""Files beside which folders of some names hold nobody's work, with the reason."""
_NAMES: dict[str, str] = {item["name"]: item["why"] for item in WALK["names"]}


class Entrance:
    """Decides for one walk, and keeps what was left out."""

    def __init__(self, root: str, around: Surroundings, leave_out: Callable[[str], bool] | None = None) -> None:
        self._leave_out = leave_out
        self._boundary = boundary_of(root)
        self._exact: dict[str, str] = {}
        self._starred: dict[str, list[tuple[str, str]]] = {}
        """By the last name: the few patterns with a `*` are tried only there."""
        for home in around.homes:
            for item in WALK["below_home"]:
                path = os.path.join(home, *item["path"].split("/"))
                if "*" in item["path"]:
                    self._starred.setdefault(os.path.basename(path), []).append((path, item["why"]))
                else:
                    self._exact[path] = item["why"]
        self.asked: frozenset[str] | None = None
        """The names of folders for which `enters` must be asked: it lets all others in. None: for every folder."""
        if self._boundary is None and leave_out is None:
            self.asked = frozenset((*_NAMES, *self._starred, *map(os.path.basename, self._exact)))
        self.pruned: list[tuple[str, str]] = []
        """Folders left out by the rules, each with the reason."""
        self.left_out = 0
        """Folders that the user left out."""
        self.problems: list[Problem] = []

    def enters(self, prefix: str, name: str, item: os.DirEntry[str]) -> bool:
        """Whether to enter the folder `name` below `prefix` (the path of its parent with a separator)."""
        path = prefix + name
        why = _NAMES.get(name) or self._exact.get(path)
        if why is None and name in self._starred:
            why = next((why for pattern, why in self._starred[name] if _fits(path, pattern)), None)
        crossing = self._boundary(path, item) if self._boundary is not None and why is None else None
        if crossing is not None and crossing.why:
            why = crossing.why
        if why is not None:
            self.pruned.append((path, why))
            return False
        if self._leave_out is not None and self._leave_out(path):
            self.left_out += 1
            return False
        if crossing is not None:
            self.problems.append(
                Problem(
                    path, "other-filesystem", "another file system begins here and was not entered",
                    hint="Name it to scan it too, or leave it out of the scan with --exclude.",
                )
            )  # fmt: skip
            return False
        return True

    def without_neighbours(self, marker: str, prefix: str, below: list[str]) -> list[str]:
        """The folders of `below` without those that the marker file beside them tells to leave out."""
        names, why = MARKERS[marker]
        self.pruned += [(prefix + name, why) for name in below if name in names]
        return [name for name in below if name not in names]


def _fits(path: str, pattern: str) -> bool:
    """Step by step: a `*` stands for one name, not for several."""
    steps, parts = pattern.split(os.sep), path.split(os.sep)
    return len(steps) == len(parts) and all(map(fnmatchcase, parts, steps))
