"""Where git looks for a repository's commit hook, and who else is served by it or owns it. Nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from unsprawl.rules.bundle import HOOK_MANAGERS
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.links import is_within
from unsprawl.scanner.sources.plumbing import Silent, answer
from unsprawl.scanner.sources.worktree import read

NAME = "pre-commit"
_HUSKY = ".husky"


class HookPlace(NamedTuple):
    """The hook of a work tree."""

    folder: str
    """Absolute, links resolved."""
    shared: str
    """Why hooks there serve other repositories too; "" where they do not."""
    tracked: bool
    """It is a file of the work tree, which others get through git."""
    husky: bool = False
    """husky starts it, as a shell script without a first line of its own."""
    asleep: bool = False
    """husky is not set up on this machine yet, so git starts nothing there."""

    @property
    def path(self) -> str:
        return os.path.join(self.folder, NAME)


class Manager(NamedTuple):
    """A program that owns the hooks of a work tree."""

    name: str
    file: str
    """Its configuration, relative to the top."""
    lines: tuple[str, ...]
    where: str
    then: str


def hook_place(top: str, *, current: bool) -> HookPlace:
    """Where the commit hook of the work tree at `top` is. Raises Silent."""
    said = (answer(top, "rev-parse", "--git-common-dir", "--absolute-git-dir", current=current) or b"").split(b"\n")
    if len(said) != 3:  # a path with a line end in it, too
        raise Silent
    top = os.path.realpath(top)
    common, git = (os.path.realpath(os.path.join(top, os.fsdecode(line))) for line in said[:2])
    scope, configured = _configured(top, current=current)
    folder = os.path.realpath(os.path.join(top, configured) if configured else os.path.join(common, "hooks"))
    asleep = False
    if os.path.basename(folder) == "_" and os.path.basename(os.path.dirname(folder)) == _HUSKY:
        folder = os.path.dirname(folder)
    elif not configured and os.path.isdir(os.path.join(top, _HUSKY)):
        folder, asleep = os.path.realpath(os.path.join(top, _HUSKY)), True
    tracked = is_within(folder, top) and not is_within(folder, common)
    if scope not in ("", "local", "worktree"):
        shared = f"core.hooksPath is set for every repository ({scope} configuration)"
    elif os.path.basename(git) == ".git" and os.path.dirname(git) != top:
        shared = f"the .git of this folder leads to the repository of another one ({os.path.dirname(git)})"
    else:
        shared = "" if tracked or is_within(folder, common) else "the folder of hooks lies outside of this repository"
    return HookPlace(folder, shared, tracked, os.path.basename(folder) == _HUSKY, asleep)


def _configured(top: str, *, current: bool) -> tuple[str, str]:
    """Where `core.hooksPath` is set last, and to what; ours, which keeps git from starting any, does not count."""
    words = ("config", "--show-scope", "--null", "--get-all", "--type=path", "core.hooksPath")
    fields = (answer(top, *words, current=current) or b"").split(b"\0")
    found = ("", "")
    for scope, value in zip(fields[0:-1:2], fields[1::2], strict=False):
        if scope != b"command":
            found = scope.decode("ascii", "replace"), os.fsdecode(value)
    return found


def manager_of(top: str) -> Manager | None:
    """The program that owns the hooks of the work tree, by the files that it leaves there."""
    for raw in HOOK_MANAGERS["managers"]:
        for file in _files_of(raw, top):
            return Manager(raw["name"], file, tuple(raw["lines"]), raw["where"], raw["then"])
    return None


def _files_of(raw: dict[str, Any], top: str) -> Iterator[str]:
    yield from (file for file in raw["files"] if os.path.isfile(os.path.join(top, file)))
    within = raw.get("within", {"files": ()})
    for file in within["files"]:
        content = read(os.path.join(top, file))
        if isinstance(content, bytes) and within["word"].encode() in content:
            yield file
