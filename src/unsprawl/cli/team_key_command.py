"""`unsprawl team key`: the key that a team shares for its reports. No command shows it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from unsprawl.cli.delivery import destination
from unsprawl.scanner.errors import Exit, NotApplied, UsageError, VaultError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings, full_path
from unsprawl.vault.files import create_private
from unsprawl.vault.team_key import MAX_BYTES, forget, keep, name_of, needed, parsed, team_key, written

_REPORTS = "Reports that were made with the old key cannot be compared with new ones."


@click.command("key", short_help="Make, hand on, take in or forget the key that the team's reports share.")
@click.option("--new", is_flag=True, help="Make a new key; one in the team does so.")
@click.option("--export", "export", type=click.Path(), metavar="FILE", help="Write it to a new file, for a colleague.")
@click.option("--import", "import_", type=click.Path(), metavar="FILE", help="Take it from a colleague's file.")
@click.option("--forget", "forgets", is_flag=True, help="Delete it here; asks first.")
@click.option("--replace", is_flag=True, help="With --new or --import: also where there is another key already.")
@click.option("--yes", "-y", is_flag=True, help="With --forget: do not ask.")
def key(new: bool, export: str | None, import_: str | None, forgets: bool, replace: bool, yes: bool) -> int:
    """The key that a team shares, so that copies of a secret on several machines show as one in its report.

    Alone, it says whether there is one here, and its name: two colleagues who see the same name have the same key.

    One of you makes it and hands it to the others as a file, directly: a USB stick, a password manager, `age`. It is
    never shown, and it never goes into a repository. It opens nothing; whoever has it and a report can tell whether a
    secret that they know already is in that report.
    """
    around = Surroundings.here()
    asked = [new, export is not None, import_ is not None, forgets]
    if sum(asked) > 1:
        raise UsageError("--new, --export, --import and --forget are four things", hint="Choose one.")
    if replace and not (new or import_ is not None):
        raise UsageError("--replace goes with --new or --import", hint="Add one of them.")
    if yes and not forgets:
        raise UsageError("--yes goes with --forget", hint="Nothing else asks.")
    if new:
        return _make(replace)
    if export is not None:
        return _export(export, around)
    if import_ is not None:
        return _import(import_, around, replace=replace)
    return _forget(yes) if forgets else _tell()


def _tell() -> int:
    known = team_key()
    if known is not None:
        print(f"team key: {name_of(known)}")
        return Exit.CLEAN
    print("team key: none here")
    print("  take in the file of a colleague: unsprawl team key --import FILE")
    print("  the first of a team: unsprawl team key --new")
    return Exit.CLEAN


def _make(replace: bool) -> int:
    if not keep(replace=replace):
        raise NotApplied(f"there is a team key already: {_name()}", hint=f"--replace makes a new one. {_REPORTS}")
    print(f"Made the team key {_name()}. For each colleague: unsprawl team key --export FILE")
    return Exit.CLEAN


def _export(file: str, around: Surroundings) -> int:
    known = needed()
    to = destination(file, around, "--export")
    if to is None or to.special:
        raise UsageError("--export writes a file, and nothing else", hint="The key is never shown: name a new file.")
    top = repository_of(os.path.dirname(to.path))
    if top is not None:
        raise NotApplied(
            f"--export {file}: it lies in a git work tree ({top})",
            hint="A key in a repository is everybody's: name a file outside of it.",
        )
    if os.path.lexists(to.path) or not create_private(Path(to.path), written(known)):
        raise NotApplied(f"--export {file}: there is such a file already", hint="It is never replaced: name a new one.")
    print(f"Wrote the team key {name_of(known)}, readable by you alone.")
    print("Hand the file to your colleague directly, then delete it. They type: unsprawl team key --import FILE")
    return Exit.CLEAN


def _import(file: str, around: Surroundings, *, replace: bool) -> int:
    path = full_path(file, around)
    if not os.path.lexists(path):
        raise UsageError(f"--import {file}: there is no such file", hint="Check the spelling of the path.")
    data = read(path, MAX_BYTES)
    if isinstance(data, Problem):
        raise UsageError(f"--import {file}: {data.message}", hint="Name the file that a colleague exported.")
    found = parsed(data)
    if isinstance(found, str):
        raise UsageError(f"--import {file}: {found}", hint="Nothing was changed. Ask for the file again.")
    # One that is damaged cannot be read, and is to be replaced all the same.
    if not replace and team_key() == found:
        print(f"This is the team key that you have: {name_of(found)}")
    elif not keep(found, replace=replace):
        raise NotApplied(
            f"there is another team key: {_name()}; the file holds {name_of(found)}",
            hint=f"--replace takes the new one. {_REPORTS}",
        )
    else:
        print(f"Took in the team key {name_of(found)}. Your colleague sees the same name with: unsprawl team key")
    print("Now delete the file.")
    if repository_of(os.path.dirname(os.path.realpath(path))) is not None:
        print(
            "unsprawl: the file lies in a git work tree: if it was ever committed, make a new team key",
            file=sys.stderr,
        )
    return Exit.CLEAN


def _forget(yes: bool) -> int:
    try:
        known = team_key()
    except VaultError:
        name = "(it cannot be read)"
    else:
        if known is None:
            print("There is no team key here.")
            return Exit.CLEAN
        name = name_of(known)
    if not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("--forget asks first, and this is no terminal", hint="Add --yes to delete it unasked.")
        if not click.confirm(f"Delete the team key {name} of this machine?", default=False, err=True):
            raise NotApplied("the team key is still there")
    forget()
    print("The team key is gone from this machine. A colleague's file brings it back.")
    return Exit.CLEAN


def _name() -> str:
    known = team_key()
    return name_of(known) if known is not None else "none"
