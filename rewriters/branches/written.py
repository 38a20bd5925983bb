"""Where git will write in a repository: all of it must lie there, since git follows links, and appends to them what a
branch is called. And git waits for ever for a pipe that nobody writes to.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.sources.links import is_below

_OF_THE_WORK_TREE = ("HEAD", "index", "logs/HEAD", "COMMIT_EDITMSG", "unsprawl-index", "unsprawl-index.lock")
_OF_ALL = ("packed-refs", "reftable")
_READ = (".git/config", ".git/config.worktree", ".git/info/attributes", ".git/info/exclude", ".gitattributes")


def check_written(git: str, common: str, branch: str) -> None:
    """Raises NotApplied where something that git would write leads out of the repository, or is no plain file.

    `git`, `common`: its folders, links resolved; `branch`: the new one.
    """
    for path, folder in _written(git, common, branch):
        real = os.path.realpath(path)
        if not is_below(real, git) and not is_below(real, common):
            raise NotApplied(f"its {_shown(path, common)} leads elsewhere ({real}), and git would write there",
                             hint="Put a file or a folder of its own in place of that link.")  # fmt: skip
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue
        if not (stat.S_ISREG(mode) or (folder and stat.S_ISDIR(mode))):
            raise NotApplied(f"its {_shown(path, common)} is no plain file", hint="No git made that: look at it.")


def _written(git: str, common: str, branch: str) -> Iterator[tuple[str, bool]]:
    """(path, whether it may be a folder)."""
    yield from ((os.path.join(git, name), False) for name in _OF_THE_WORK_TREE)
    yield from ((os.path.join(common, name), name == "reftable") for name in _OF_ALL)
    for above in ("refs/heads", "logs/refs/heads"):
        yield os.path.join(common, *above.split("/"), *branch.split("/")), True


def _shown(path: str, common: str) -> str:
    return f".git{os.sep}{os.path.relpath(path, common)}"


def check_read(top: str) -> None:
    """Raises NotApplied where git would read, at its very start, from what is no plain file."""
    for name in _READ:
        path = os.path.join(top, *name.split("/"))
        if os.path.exists(path) and not os.path.isfile(path):
            raise NotApplied(f"its {name} is no plain file", hint="No git made that: look at it.")
