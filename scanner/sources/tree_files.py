"""Files of ours that lie among other people's: ignore lists, baselines, policies."""

from __future__ import annotations

import os
from typing import TypeAlias

from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources.worktree import read

Content: TypeAlias = bytes | Problem | None
"""None where there is no such file."""


def of_tree(path: str, most: int, link: Problem) -> Content:
    """What a tree's file of at most `most` bytes holds; `link` where it is a link, which would lead out of the tree."""
    return link if os.path.islink(path) else of_user(path, most)


def of_user(path: str, most: int) -> Content:
    """What the user's own file holds. It may be a link: many keep such files elsewhere."""
    return read(path, most) if os.path.lexists(path) else None
