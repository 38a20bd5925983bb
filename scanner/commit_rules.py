"""What a commit's files are measured by: what silences a finding, and what policies demand. Read as they are staged."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Problem
from unsprawl.scanner.own_files import policy_file
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.naming import FileNames, relative
from unsprawl.scanner.sources.policies import own_policy, stands_above
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.cautions import Caution
    from unsprawl.scanner.policy import Policy
    from unsprawl.scanner.standing import Staged
    from unsprawl.scanner.suppress import Limits

_UNTOLD = "git did not tell what the last commit holds, which the baseline is about"


class Measured(NamedTuple):
    """A commit's files by all that stands over them."""

    examined: tuple[Examined, ...]
    """Without what is silenced, which is told in `silenced`."""
    warnings: tuple[Caution, ...] = ()
    """What a policy forbids, with a severity, and what policies say in vain, without."""
    excused: frozenset[str] = frozenset()
    """Fingerprints of findings that by the user's own policy make no commit fail."""
    tolerated: frozenset[Problem] = frozenset()
    """Problems that by this policy let a commit pass."""


def measured(
    found: Sequence[Examined],
    around: Surroundings,
    problems: list[Problem],
    staged: Staged,
    *,
    here: str | None,
    own: Policy | None = None,
    limits: Limits | None = None,
) -> Measured:
    """The files, measured. What is wrong with a list, a baseline or a policy goes to `problems`.

    `staged`: what git has of a file. `here`: the top of the repository that git started us for, if it did. `own`: the
    user's policy, if it was read already. Costs next to nothing where nothing was found and nobody wrote a policy.
    """
    if own is None:
        said = own_policy(policy_file(), around)
        if isinstance(said, list):
            problems += said
        else:
            own = said
    clean = not any(examined.findings for examined in found)
    if clean and own is None and not stands_above({examined.file.path for examined in found}):
        return Measured(tuple(found))
    from functools import partial

    from unsprawl.scanner.sources.plumbing import Silent, refusal
    from unsprawl.scanner.sources.renewed import Renewed
    from unsprawl.scanner.sources.repository import repository_of
    from unsprawl.scanner.standing import Standing
    from unsprawl.scanner.suppress import USUAL
    from unsprawl.scanner.violations import violations, without_effect

    standing = Standing(around, problems, limits=limits or USUAL, own=own, staged=staged)
    result = []
    warnings: list[Caution] = []
    for examined in found:
        path = os.path.realpath(examined.file.path)
        top = repository_of(os.path.dirname(path))
        settled = standing.settled(examined)
        if top is not None:
            for baseline in standing.baselines(path) if settled.silenced else ():
                try:
                    settled = Renewed(baseline, top, around, current=top == here).shown(settled)
                except Silent:
                    hint = refusal(top, current=top == here)
                    problems.append(Problem(examined.file.path, "not-staged", _UNTOLD, hint))
        warnings += violations(settled, standing.demands(path), around.comparable(path), partial(_shown, top=top))
        result.append(settled)
    warnings += without_effect(standing.notes, FileNames(around).name)
    findings = [finding for examined in result for finding in examined.findings]
    return Measured(
        tuple(result),
        tuple(warnings),
        standing.excused(findings),
        standing.tolerated(problems),
    )


def _shown(path: str, top: str | None) -> str:
    """A policy by its path in the work tree of the file that it is about."""
    return relative(path, top) if top is not None else path
