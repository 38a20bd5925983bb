"""`unsprawl policy`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.resources import files

import click

from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.own_files import policy_file
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.naming import relative
from unsprawl.scanner.sources.policies import NAME, checked
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.surroundings import Surroundings, full_path


@click.group("policy")
def command() -> None:
    """Check policies: what they may say is in docs/policy.md."""


@command.command("check")
@click.argument("paths", nargs=-1, type=click.Path())
def check(paths: tuple[str, ...]) -> int:
    """Check policy files.

    Without PATHS: your own, and those that hold for the current folder. Exit code 2 means that one has a fault.
    """
    around = Surroundings.here()
    own = policy_file()
    wanted = [full_path(path, around) for path in paths] or list(_here(own, around))
    faults = 0
    for path in wanted:
        if not os.path.lexists(path):
            raise UsageError(f"no such file: {relative(path, around.cwd)}", hint="Check the spelling of the path.")
        found = checked(path, around, own=os.path.realpath(path) == os.path.realpath(own))
        shown = one_line(relative(path, around.cwd))
        if isinstance(found, Policy):
            print(f"{shown}: in order")
            for line, _, what in found.notes:
                print(f"{shown}:{line}: {what}")
            continue
        faults += len(found)
        for fault in found:
            print(f"{shown}:{fault.line or 1}: {one_line(fault.message)}")
    if not wanted:
        print(f"no policy here: {own} and {NAME} in this repository are not there")
    return Exit.USAGE if faults else Exit.CLEAN


@command.command("schema")
def schema() -> int:
    """Print the JSON Schema of a policy, for editors."""
    sys.stdout.write(files("unsprawl.scanner").joinpath("policy.schema.json").read_text(encoding="utf-8"))
    return Exit.CLEAN


def _here(own: str, around: Surroundings) -> Iterator[str]:
    if os.path.lexists(own):
        yield own
    folder = os.path.realpath(around.cwd)
    top = repository_of(folder) or folder
    while True:
        path = os.path.join(folder, NAME)
        if os.path.lexists(path):
            yield path
        if folder == top:
            return
        folder = os.path.dirname(folder)
