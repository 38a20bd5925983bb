"""The work trees that a run is about: the one that git started us for, and others that a path may lie in."""

from __future__ import annotations

import os

from unsprawl.scanner.sources.links import is_within
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.surroundings import Surroundings

_TOLD = ("GIT_DIR", "GIT_WORK_TREE")


class WorkTrees:
    """Finds the work tree of a path, with links resolved."""

    def __init__(self, around: Surroundings) -> None:
        self.current = _current(around)
        """The top of the work tree that we are in; None outside of any."""

    def of(self, path: str) -> str | None:
        """The top of the work tree that holds the file at `path`, whose folder has no links."""
        found = repository_of(os.path.dirname(path))
        current = self.current
        # A work tree whose repository lies elsewhere has no `.git`; a repository within it has.
        inside = current is not None and is_within(path, current) and (found is None or is_within(current, found))
        return current if inside else found


def _current(around: Surroundings) -> str | None:
    cwd = os.path.realpath(around.cwd)
    if any(around.environ.get(name) for name in _TOLD):  # `git --git-dir=… --work-tree=… commit`: no `.git` to find
        from unsprawl.scanner.sources.plumbing import Silent, answer

        try:
            said = answer(cwd, "rev-parse", "--show-toplevel", current=True)
        except Silent:
            said = None
        if said:
            return os.path.realpath(os.fsdecode(said.removesuffix(b"\n")))
    return repository_of(cwd)
