"""The user's own policy: the option, and what is said when it cannot be used."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.own_files import policy_file
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.policies import own_policy
from unsprawl.scanner.surroundings import Surroundings, full_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unsprawl.scanner.model import Problem
    from unsprawl.scanner.policy import Policy
    from unsprawl.scanner.scan import ScanResult

policy_option = click.option(
    "--policy", type=click.Path(), metavar="FILE",
    help="Use this policy in place of your own, ~/.config/unsprawl/policy.yaml.",
)  # fmt: skip


def own(file: str | None, around: Surroundings) -> Policy | None:
    """The policy that the user named, else the one in the user's configuration; None where there is neither.

    Raises UsageError after every fault was told.
    """
    path = full_path(file, around) if file is not None else policy_file()
    found = own_policy(path, around)
    if found is None and file is not None:
        raise UsageError(f"--policy {file}: there is no such file", hint="Check the spelling of the path.")
    if not isinstance(found, list):
        return found
    shown = os.path.relpath(path, around.cwd) if file is not None else path
    tell_faults(found, shown)
    raise UsageError("your policy cannot be used", hint="Nothing was scanned. docs/policy.md tells what it may say.")


def tell_faults(faults: Iterable[Problem], shown: str) -> None:
    """All that is wrong with a policy, on stderr. `shown`: its file."""
    for fault in faults:
        where = f"{shown}:{fault.line}" if fault.line else shown
        print(f"unsprawl: {one_line(where)}: {one_line(fault.message)}", file=sys.stderr)


def by_own_policy(result: ScanResult, policy: Policy | None, around: Surroundings) -> ScanResult:
    """A scan of history, with what the user's own policy excuses and tolerates of it."""
    if policy is None:
        return result
    from unsprawl.scanner.sources.real_paths import RealPaths
    from unsprawl.scanner.standing import Standing

    standing = Standing(around, [], own=policy, paths=RealPaths([result.root]))
    return result._replace(
        policy=policy.path,
        excused=standing.excused(result.findings),
        tolerated=standing.tolerated(result.problems),
    )
