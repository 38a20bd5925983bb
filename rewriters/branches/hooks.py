"""The hooks that git would start for the commit: run or left out as the user says, and never one way or the other
without a word of theirs.
"""

from __future__ import annotations

import os
from enum import StrEnum

from unsprawl.rewriters.branches.repository import Repository
from unsprawl.rewriters.hook_script import Damaged, has_block, without_block
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.worktree import read

BEFORE = ("pre-commit", "prepare-commit-msg", "commit-msg")
AFTER = ("post-commit", "post-checkout")
_OTHERS = ("reference-transaction", "post-index-change")
"""Those that git's plumbing starts."""


class Way(StrEnum):
    """What is to be done about hooks."""

    RUN = "run"
    SKIP = "skip"


class Hooks(NamedTuple):
    """The hooks of a repository that a commit and a switch would start."""

    folder: str
    names: tuple[str, ...]
    way: Way = Way.SKIP
    ours: bool = False
    """Our own hook is there, alone in its file: what it checks is checked anyway."""

    @property
    def settings(self) -> tuple[str, ...]:
        """For git commands that may start them."""
        return (f"core.hooksPath={self.folder}",) if self.way is Way.RUN and self.names else ()


def hooks_of(repository: Repository, common: str, way: Way | None) -> Hooks:
    """The hooks that count. Raises NotApplied where there are some and the user has not said what to do about them."""
    named = repository.ask("config", "--null", "--type=path", "--get", "core.hooksPath", guarded=False)
    folder = os.path.join(common, "hooks")
    if named is not None:
        folder = os.path.join(repository.top, os.fsdecode(named.split(b"\0")[0]))
    there = [name for name in (*BEFORE, *AFTER, *_OTHERS) if _is_started(os.path.join(folder, name))]
    ours = "pre-commit" in there and _is_ours_alone(os.path.join(folder, "pre-commit"))
    names = [name for name in there if not (ours and name == "pre-commit")]
    configured = _configured(repository)
    names += configured
    if configured and way is Way.RUN:
        raise NotApplied(f"its hooks {', '.join(configured)} stand in git's configuration, and only "
                         "those in files can be run here", hint="--hooks skip leaves them out.")  # fmt: skip
    if names and way is None:
        raise NotApplied(
            f"git starts hooks at a commit ({', '.join(names)})",
            hint="Say whether they shall run: --hooks run, or --hooks skip as `git commit --no-verify` does.",
        )
    return Hooks(folder, tuple(names), way or Way.SKIP, ours)


def _configured(repository: Repository) -> list[str]:
    """Hooks that newer versions of git take from the configuration."""
    said = repository.ask("config", "--null", "--name-only", "--get-regexp", r"^hook\..*\.command$", guarded=False)
    names = dict.fromkeys(os.fsdecode(key).rpartition(".")[0] for key in (said or b"").split(b"\0") if key)
    return list(names)


def _is_started(path: str) -> bool:
    """Whether git starts what is there: what nobody made executable it only tells of."""
    return os.path.isfile(path) and (os.name != "posix" or os.access(path, os.X_OK))


def _is_ours_alone(path: str) -> bool:
    content = read(path, 1 << 16)
    if not isinstance(content, bytes) or not has_block(content):
        return False
    try:
        return without_block(content) in (b"", b"#!/bin/sh\n")
    except Damaged:
        return False
