"""What stands over the findings of a run: allow comments, ignore lists, baselines, policies. For every kind of scan."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Finding, Problem
from unsprawl.scanner.own_files import ignore_list
from unsprawl.scanner.sources import baselines, ignore_files, policies
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.suppress import USUAL, Limits, Silencer, sifted
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.baseline import Baseline
    from unsprawl.scanner.policy import Demands, Policy

Staged = Callable[[str], bytes | None]
"""What git has of a file; None where it has nothing, and the file on disk counts."""
DEMANDING = frozenset({"policy", "baseline", "ignore-list"})
"""Codes of problems with the files that are read here."""


class Standing:
    """Reads such files as they are needed, each once. What is wrong with one goes to `problems`."""

    def __init__(
        self,
        around: Surroundings,
        problems: list[Problem],
        *,
        limits: Limits = USUAL,
        own: Policy | None = None,
        baseline: Baseline | None = None,
        staged: Staged | None = None,
        paths: RealPaths | None = None,
    ) -> None:
        """`own`: the user's policy. `baseline`: the one that the user asked for. `paths`: knows what is scanned.

        `staged`: for a commit: then such files count as git has them, and so does the baseline of each repository.
        """
        self._around = around
        self._paths = paths or RealPaths()
        self._limits = limits
        self._named = [] if baseline is None else [baseline]
        self._known = baselines.Baselines(around, problems, _preferring(staged, baselines.on_disk)) if staged else None
        self._policies = policies.PolicyFiles(around, own, problems, _preferring(staged, policies.on_disk), self._paths)
        self._lists = ignore_files.IgnoreFiles(
            around,
            ignore_list(),
            problems,
            _preferring(staged, ignore_files.on_disk),
            self._more,
            self._paths,
        )

    def settled(self, examined: Examined) -> Examined:
        """The file without what is silenced; all of that is told in `silenced`."""
        if not examined.findings:
            return examined
        path = examined.file.path
        if self._limits.ignore:
            return sifted(examined, self._limits, *self._lists.lists(path))
        return sifted(examined, self._limits, self._around.comparable(self._paths.real(path)), self._named)

    def baselines(self, path: str) -> Sequence[Baseline]:
        """The baselines that may speak of a file."""
        return self._of(self._paths.work_tree(os.path.dirname(self._paths.real(path))))

    def demands(self, path: str) -> Demands:
        """What policies demand of a file."""
        return self._policies.demands(path)

    @property
    def notes(self) -> Sequence[policies.Note]:
        """Parts of policies that have no effect, of those that were read so far."""
        return self._policies.notes

    def excused(self, findings: Iterable[Finding]) -> frozenset[str]:
        """Fingerprints of those that make no run fail, since the user's own policy says so."""
        return frozenset(
            finding.fingerprint for finding in findings if not self.demands(finding.place.path).fails(finding)
        )

    def tolerated(self, problems: Iterable[Problem]) -> frozenset[Problem]:
        """Those that make no run incomplete, since the user's own policy says so. What silences findings, or demands
        something, must be in order all the same.
        """
        return frozenset(
            problem
            for problem in problems
            if problem.code not in DEMANDING and self.demands(problem.path).allows_unreadable
        )

    def _more(self, real: str, top: str | None) -> Iterator[Silencer]:
        yield from self._policies.demands(real).ignores
        yield from self._of(top)

    def _of(self, top: str | None) -> Sequence[Baseline]:
        return self._named if self._known is None else [*self._named, *self._known.of(top)]


def _preferring(
    staged: Staged | None, on_disk: Callable[[str], bytes | Problem | None]
) -> Callable[[str], bytes | Problem | None]:
    """What is staged, else what lies on disk. A link is never taken for what it leads to."""
    if staged is None:
        return on_disk

    def content(path: str) -> bytes | Problem | None:
        said = None if os.path.islink(path) else staged(path)
        return on_disk(path) if said is None else said

    return content
