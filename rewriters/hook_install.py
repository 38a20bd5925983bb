"""Puts the commit hook into a repository and takes it out again: whole or not at all, what was there stays."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import StrEnum

from unsprawl.rewriters.editable import editable
from unsprawl.rewriters.hook_script import (
    KEPT,
    Damaged,
    block,
    has_block,
    is_chain,
    new_script,
    with_block,
    without_block,
)
from unsprawl.rewriters.replace_file import create, replace, sweep, write_beside
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources.hook_place import HookPlace
from unsprawl.scanner.sources.worktree import read

_LABEL = "hook"
_RUNS = 0o777
"""Anybody may start it whom the umask lets."""


class Way(StrEnum):
    """What is done."""

    NOTHING = "nothing"
    CREATE = "create"
    """There is no hook: ours alone."""
    INSERT = "insert"
    """A shell script gets our lines, or fresh ones."""
    CHAIN = "chain"
    """Ours takes the name, and goes on to what was there, which stays as it is under another name."""
    REMOVE = "remove"
    """Our lines leave a script."""
    DELETE = "delete"
    """The hook was ours alone."""
    RESTORE = "restore"
    """What was there gets its name back."""


@dataclass(frozen=True, slots=True)
class HookPlan:
    """One change of one hook."""

    way: Way
    place: HookPlace
    before: bytes | None = None
    after: bytes = b""
    lines: tuple[str, ...] = ()
    """Those of ours that come or go."""

    @property
    def kept(self) -> str:
        return os.path.join(self.place.folder, KEPT)


def plan_install(place: HookPlace, program: str) -> HookPlan:
    """How our hook gets there. `program`: see `hook_script.block`. Raises NotApplied."""
    ours = tuple(block(program).decode("utf-8", "replace").splitlines())
    if not os.path.lexists(place.path):
        if os.path.lexists(os.path.join(place.folder, KEPT)):
            raise _left_over(place)
        script = block(program) if place.husky else new_script(program)
        return HookPlan(Way.CREATE, place, None, script, ours)
    before = _content(place)
    try:
        after = with_block(before, program, husky=place.husky)
    except Damaged:
        raise _damaged(place) from None
    if after == before:
        return HookPlan(Way.NOTHING, place, before, before)
    if after is not None and (has_block(before) or (_runs(place) and not os.path.islink(place.path))):
        return HookPlan(Way.INSERT, place, before, after, ours)
    if place.husky:
        raise NotApplied(
            f"{place.path} is no shell script as husky starts them", hint="Add this line to it: unsprawl hook --staged"
        )
    if os.path.lexists(os.path.join(place.folder, KEPT)):
        raise _left_over(place)
    return HookPlan(Way.CHAIN, place, before, new_script(program, chained=True), ours)


def plan_uninstall(place: HookPlace) -> HookPlan:
    """How our hook gets away. Raises NotApplied."""
    if not os.path.lexists(place.path):
        return HookPlan(Way.NOTHING, place)
    before = _content(place)
    if not has_block(before):
        return HookPlan(Way.NOTHING, place, before)
    try:
        after = without_block(before)
    except Damaged:
        raise _damaged(place) from None
    lines = tuple(before[before.index(b"# >>>") :].decode("utf-8", "replace").splitlines())
    lines = lines[: lines.index("# <<< unsprawl <<<") + 1]
    if is_chain(before):
        if not os.path.lexists(os.path.join(place.folder, KEPT)):
            return HookPlan(Way.DELETE, place, before, b"", lines)
        return HookPlan(Way.RESTORE, place, before, b"", lines)
    alone = after in (b"", b"#!/bin/sh\n")
    return HookPlan(Way.DELETE if alone else Way.REMOVE, place, before, after, lines)


def carry_out(plan: HookPlan) -> None:
    """Do it. Raises NotApplied, with everything as before."""
    path = plan.place.path
    try:
        match plan.way:
            case Way.NOTHING:
                pass
            case Way.CREATE:
                os.makedirs(plan.place.folder, exist_ok=True)
                create(path, plan.after, _LABEL, _RUNS)
            case Way.INSERT | Way.REMOVE:
                assert plan.before is not None
                real = editable(path, None)
                sweep(real, _LABEL)
                replace(real, plan.before, plan.after, _LABEL)
            case Way.CHAIN:
                _chain(plan)
            case Way.DELETE:
                _unchanged(plan)
                os.unlink(path)
            case Way.RESTORE:
                _unchanged(plan)
                os.replace(plan.kept, path)
    except OSError as error:
        raise NotApplied(f"{path}: {error.strerror}", hint="Check who owns the folder, and its permissions.") from None


def _chain(plan: HookPlan) -> None:
    """The old hook has both names for a moment, so that no commit goes without it."""
    path = plan.place.path
    temporary = write_beside(path, plan.after, _LABEL, _RUNS)
    try:
        _unchanged(plan)
        try:
            os.link(path, plan.kept, follow_symlinks=False)
        except (OSError, NotImplementedError):  # a file system without hard links
            if os.path.lexists(plan.kept):
                raise
            os.rename(path, plan.kept)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _unchanged(plan: HookPlan) -> None:
    if _content(plan.place) != plan.before:
        raise NotApplied(f"{plan.place.path} changed meanwhile", hint="Try again.")


def _content(place: HookPlace) -> bytes:
    content = read(place.path)
    if isinstance(content, Problem):
        raise NotApplied(f"{place.path}: {content.message}", hint=content.hint)
    return content


def _runs(place: HookPlace) -> bool:
    """Whether git starts what is there: a script that nobody made executable was switched off by somebody."""
    return place.husky or os.name != "posix" or bool(os.stat(place.path).st_mode & stat.S_IXUSR)


def _left_over(place: HookPlace) -> NotApplied:
    return NotApplied(
        f"{os.path.join(place.folder, KEPT)} was left there by an earlier installation",
        hint="Look whether it is still needed: name it `pre-commit` again, or delete it.",
    )


def _damaged(place: HookPlace) -> NotApplied:
    return NotApplied(f"{place.path}: our lines in it were changed by hand", hint="Take them out by hand.")
