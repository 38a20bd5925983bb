"""Where a work tree begins, found without asking git."""

from __future__ import annotations

from unsprawl.scanner.above import nearest


def repository_of(folder: str) -> str | None:
    """The top of the git work tree that `folder` is in, by looking for `.git`; git itself is not asked."""
    return nearest(folder, ".git")
