"""How git is started for a history, on top of how it always is: no setting changes what it says or keeps it waiting."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from unsprawl.scanner.sources import git

_MOST_MEMORY = 4 << 30
"""Of git; the packs that it maps do not count."""
_SETTINGS = (
    "-c", "core.bigFileThreshold=16m",  # larger ones pass through git without being held in its memory
    "-c", "core.quotePath=false",
    "-c", "log.mailmap=false",
    "-c", "log.diffMerges=separate",  # what `-m` means is a setting too
    "-c", "diff.orderFile=/dev/null",  # a pipe or an endless device would keep git for ever
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_GRAFT_FILE": os.devnull,  # a graft hides commits from whoever asks, not from whoever has the repository
    "LC_ALL": "C",
}


def command(top: str, *words: str) -> list[str]:
    """The command line of a git command that reads the history of the repository at `top`."""
    return git.command(top, *_SETTINGS, *words)


def environment(*, current: bool) -> dict[str, str]:
    """What git gets as its environment. `current`: it is the repository that git started us for, if it did."""
    return {**git.environment(current=current), **_ENVIRONMENT}


def limit_memory(pid: int) -> None:
    """No more memory than any real repository needs: a few trees that hold each other spell a billion paths."""
    if sys.platform == "linux":
        import resource

        with suppress(OSError, ValueError):  # it is gone already, or has less
            resource.prlimit(pid, resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
