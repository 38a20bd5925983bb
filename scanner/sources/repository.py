"""Where a work tree begins, found without asking git."""

from __future__ import annotations

import os


def repository_of(folder: str) -> str | None:
    """The top of the git work tree that `folder` is in, by looking for `.git`; git itself is not asked."""
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
