"""Whether the commit hook is in place, found by reading the repository's files: git itself is not asked."""

from __future__ import annotations

import os
import re
from enum import StrEnum

from unsprawl.rules.bundle import HOOK_MANAGERS
from unsprawl.scanner.sources.worktree import read

_NAME = re.compile(rb"\bunsprawl\b")
_SECTION = re.compile(r"\s*\[\s*([A-Za-z0-9.-]+)\s*\]")
_HOOKS_PATH = re.compile(r"""\s*hookspath\s*=\s*"?([^"#;\n]+)""", re.IGNORECASE)
_MANAGERS = tuple(file for manager in HOOK_MANAGERS["managers"] for file in manager["files"])
_RUNS_THEM = re.compile(rb"\b(pre-commit|pre_commit|prek|lefthook)\b")


class HookState(StrEnum):
    """What a commit in the repository would start."""

    ACTIVE = "active"
    NOT_INSTALLED = "not-installed"
    """A hook manager's file names it, but git starts no such manager."""
    ABSENT = "absent"


def hook_state(top: str, home: str) -> HookState:
    """Whether commits in the work tree `top` are checked. Never raises; what cannot be read counts as absent."""
    folder = os.path.normpath(_hooks_folder(top, home))
    hook = _content(os.path.join(folder, "pre-commit"))
    if os.path.basename(folder) == "_":  # husky keeps a file there that starts the one above
        hook += _content(os.path.join(os.path.dirname(folder), "pre-commit"))
    if _NAME.search(hook):
        return HookState.ACTIVE
    managed = any(_NAME.search(_content(os.path.join(top, name))) for name in _MANAGERS)
    # What the managers write into .git/hooks names them, not what they will run.
    husky = _NAME.search(_content(os.path.join(top, ".husky", "pre-commit")))
    if managed and _RUNS_THEM.search(hook):
        return HookState.ACTIVE
    return HookState.NOT_INSTALLED if managed or husky else HookState.ABSENT


def _hooks_folder(top: str, home: str) -> str:
    git = _git_folder(top)
    for config in (
        os.path.join(git, "config"),
        os.path.join(home, ".gitconfig"),
        os.path.join(home, ".config", "git", "config"),
    ):
        found = _hooks_path(_content(config).decode("utf-8", "surrogateescape"))
        if found:
            return os.path.join(top, home + found[1:] if found.startswith("~/") else found)
    return os.path.join(git, "hooks")


def _git_folder(top: str) -> str:
    """The folder that all work trees of the repository share."""
    git = os.path.join(top, ".git")
    if os.path.isdir(git):
        return git
    link = _content(git).decode("utf-8", "surrogateescape").strip()
    git = os.path.join(top, link.removeprefix("gitdir:").strip())
    common = _content(os.path.join(git, "commondir")).decode("utf-8", "surrogateescape").strip()
    return os.path.normpath(os.path.join(git, common)) if common else git


def _hooks_path(config: str) -> str:
    section, found = "", ""
    for line in config.splitlines():
        heading = _SECTION.match(line)
        if heading:
            section = heading[1].lower()
        elif section == "core" and (value := _HOOKS_PATH.match(line)):
            found = value[1].strip()
    return found


def _content(path: str) -> bytes:
    if "\0" in path:  # a repository's own file may name such a path
        return b""
    data = read(path)
    return data if isinstance(data, bytes) else b""
