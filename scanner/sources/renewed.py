"""Known places with a new value: a baseline holds nothing of a value, but the commit before does, so it is compared."""

from __future__ import annotations

import os

from unsprawl.scanner.baseline import Baseline, Known
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Finding, Silence, Silenced
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.baselines import BaselinePlace, load
from unsprawl.scanner.sources.plumbing import answer
from unsprawl.scanner.sources.worktree import MAX_BYTES
from unsprawl.scanner.surroundings import Surroundings

_PARENTS = ("HEAD", "MERGE_HEAD")
"""What the commit to come is compared with: a value that another branch has brought along is not new."""


class Renewed:
    """Compares what is about to be committed in one work tree with what its newest commit holds."""

    def __init__(self, baseline: Baseline, top: str, around: Surroundings, *, current: bool) -> None:
        """`current`: it is the repository that git started us for, if it did."""
        self._baseline = baseline
        self._top = top
        self._around = around
        self._current = current
        self._decided: dict[str, Known] | None = None

    def shown(self, examined: Examined) -> Examined:
        """The file with those of its known places shown again whose value is another one now.

        A place whose line in the baseline is new or changed in this very commit was decided about with its new value.
        Raises Silent.
        """
        known = [each for each in examined.silenced if each.reason is Silence.BASELINE and self._is_old(each)]
        if not known:
            return examined
        before = self._values(examined)
        fresh = [
            _told(each.finding) for each in known if each.finding.secret not in before.get(each.finding.fingerprint, ())
        ]
        if not fresh:
            return examined
        back = {finding.fingerprint for finding in fresh}
        silenced = tuple(each for each in examined.silenced if each.finding.fingerprint not in back)
        return examined._replace(loose=(*examined.loose, *fresh), silenced=silenced)

    def _is_old(self, silenced: Silenced) -> bool:
        if self._decided is None:
            place = BaselinePlace(self._baseline.path, self._top)
            found = load(place, self._around, lambda path: self._blob("HEAD", path))
            self._decided = dict(found.known) if isinstance(found, Baseline) else {}
        print_ = silenced.finding.fingerprint
        return self._decided.get(print_) == self._baseline.known.get(print_)

    def _values(self, examined: Examined) -> dict[str, list[Secret]]:
        """What the parents of the commit hold at each place of the file."""
        values: dict[str, list[Secret]] = {}
        for parent in _PARENTS:
            data = self._blob(parent, examined.file.path)
            found = examine(examined.file, data, examined.name) if data is not None else None
            for finding in found.findings if isinstance(found, Examined) else ():
                values.setdefault(finding.fingerprint, []).append(finding.secret)
        return values

    def _blob(self, commit: str, path: str) -> bytes | None:
        """What a commit holds at a path; None where it holds nothing there, or more than is read."""
        folder = os.path.realpath(os.path.dirname(path))
        name = os.path.relpath(os.path.join(folder, os.path.basename(path)), self._top).replace(os.sep, "/")
        return answer(self._top, "cat-file", "blob", f"{commit}:./{name}", current=self._current, most=MAX_BYTES)


def _told(finding: Finding) -> Finding:
    reason = f"{finding.literal.reason}; a new value at a known place"
    return finding._replace(literal=finding.literal._replace(reason=reason))
