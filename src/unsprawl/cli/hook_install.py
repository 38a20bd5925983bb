"""`unsprawl hook --install` and `--uninstall`: the commit hook without a program that manages hooks."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from unsprawl.broker.install import where
from unsprawl.rewriters.hook_install import HookPlan, Way, carry_out, plan_install, plan_uninstall
from unsprawl.rewriters.hook_script import KEPT
from unsprawl.scanner.errors import Exit, NotApplied, UsageError
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.current import WorkTrees
from unsprawl.scanner.sources.git_hook import HookState, hook_state
from unsprawl.scanner.sources.hook_place import HookPlace, Manager, hook_place, manager_of
from unsprawl.scanner.sources.plumbing import Silent, refusal
from unsprawl.scanner.surroundings import Surroundings

_DONE = {
    Way.CREATE: ("installed", "would be made"),
    Way.INSERT: ("checks first, and then does what it did before", "would get these lines"),
    Way.CHAIN: ("checks, and then starts the hook that was there", "would be made"),
    Way.REMOVE: ("our lines are taken out, the others stay", "would lose these lines"),
    Way.DELETE: ("deleted, it was ours alone", "would be deleted"),
    Way.RESTORE: ("the hook that was there has its place again", "would be the hook again that was there before"),
}
"""What was done to the file, and what would be."""


def main(options: list[str], paths: list[str], around: Surroundings) -> int:
    """Install or uninstall, as the options say. Raises UsageError, and NotApplied with everything as before."""
    known = {"--install", "--uninstall", "--dry-run", "--shared"}
    if paths or not set(options) <= known or ("--install" in options) == ("--uninstall" in options):
        raise UsageError(
            "hook: --install or --uninstall, with --dry-run and --shared alone", hint="See `unsprawl hook --help`."
        )
    trees = WorkTrees(around)
    if trees.current is None:
        raise UsageError("there is no git repository here", hint="Go into the repository that is to be checked.")
    top = trees.current
    try:
        place = hook_place(top, current=True)
    except Silent:
        raise NotApplied(f"git does not tell where the hooks of {top} are", hint=refusal(top, current=True)) from None
    dry_run = "--dry-run" in options
    if "--uninstall" in options:
        return _carry_out(plan_uninstall(place), "no hook of unsprawl is there", dry_run=dry_run)
    manager = manager_of(top)
    if manager is not None:
        return _hand_over(manager, hook_state(top, around.home))
    if place.shared and "--shared" not in options:
        raise NotApplied(
            f"{place.folder}: {place.shared}",
            hint="To check the commits of all of them: unsprawl hook --install --shared",
        )
    return _carry_out(plan_install(place, _program(place)), "it is there already", dry_run=dry_run)


def _program(place: HookPlace) -> str:
    """What the hook starts: no path of this machine where others get the file."""
    if place.tracked:
        return ""
    installed = where()
    if not installed.permanent:
        raise NotApplied(installed.reason, hint=installed.hint)
    return installed.path


def _carry_out(plan: HookPlan, why_not: str, *, dry_run: bool) -> Exit:
    installing = plan.way in (Way.CREATE, Way.INSERT, Way.CHAIN)
    path = one_line(plan.place.path)
    if plan.way is Way.NOTHING:
        print(f"{path}: nothing to do, {why_not}")
        return Exit.CLEAN
    if not dry_run:
        carry_out(plan)
    done, would = _DONE[plan.way]
    print(f"{path}: {would if dry_run else done}")
    for line in plan.lines if dry_run else ():
        print(f"  {'+' if installing else '-'} {one_line(line)}")
    if plan.way is Way.CHAIN:
        print(f"  what was there {'would stay' if dry_run else 'stays'} as it is beside it, as {KEPT}")
    for note in _notes(plan.place) if installing else ():
        print(f"  {note}")
    return Exit.CLEAN


def _notes(place: HookPlace) -> Iterator[str]:
    if place.tracked:
        yield "others get this file through git: it starts whatever `unsprawl` is on their PATH, and fails without one"
    if place.asleep:
        yield "git does not start husky here yet: npx husky"
    if place.shared:
        yield "it checks the commits of every repository that has its hooks there"


def _hand_over(manager: Manager, state: HookState) -> Exit:
    """Their file is theirs: the lines are shown."""
    if state is HookState.ACTIVE:
        print(f"{manager.file}: nothing to do, {manager.name} starts it already")
        return Exit.CLEAN
    if state is HookState.NOT_INSTALLED:
        print(f"{manager.file} names it already. Let git start {manager.name}:\n  {manager.then}")
        return Exit.NOT_APPLIED
    print(f"{manager.name} owns the hooks of this repository. Add to {manager.where} in {manager.file}:\n")
    print("\n".join(manager.lines))
    print(f"\nthen: {manager.then}")
    print("unsprawl: nothing was changed", file=sys.stderr)
    return Exit.NOT_APPLIED
