"""What a baseline becomes after a scan: new places are added, those that are gone are dropped, decisions stay. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from unsprawl.scanner.baseline import KNOWN, LONGEST_REASON, Baseline, Known
from unsprawl.scanner.model import Finding, Silence, Silenced
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.suppress import tellable


class Naming(NamedTuple):
    """How places are called in a baseline."""

    path: Callable[[str], str]
    """The name of a file, from its absolute path."""
    clean: Callable[[str], str]
    """Takes every known value out of a text: a key may be the name of a server or a folder."""

    def known(self, finding: Finding, status: str = KNOWN, reason: str = "", expires: str = "") -> Known:
        """The finding as a known place."""
        context = finding.slot.context
        return Known(
            fingerprint=finding.fingerprint,
            path=self._shown(self.path(finding.place.path)),
            rule=finding.literal.rule,
            entry=self._shown(finding.entry.name if finding.entry else ""),
            slot=self._shown(f"{context.kind.value} {context.name}".strip()),
            status=status,
            reason=self.reason(reason),
            expires=expires,
            history=finding.place.commit is not None,
        )

    def reason(self, text: str) -> str:
        """What somebody wrote as a reason, without what might be a key."""
        return tellable(self._shown(" ".join(text.split())))[:LONGEST_REASON]

    def _shown(self, text: str) -> str:
        return one_line(self.clean(text))


class Compared(NamedTuple):
    """What a baseline says of a scan."""

    path: str
    known: int
    """Places that it silences."""
    new: int
    """Findings below its folder that it does not know."""
    expired: tuple[tuple[Finding, Known], ...]
    """Findings that it knew until a day that is over; they are no longer known, and not counted as new."""
    gone: int
    """Places that the scan looked for and that are clean now."""


def compared(
    baseline: Baseline,
    findings: Sequence[Finding],
    silenced: Sequence[Silenced],
    file: Callable[[str], str],
    gone: Callable[[Known], bool],
) -> Compared:
    """The result of a scan by this baseline in numbers. `file`: the comparable real path of a path."""
    expired = [(each, baseline.known[each.fingerprint]) for each in findings if each.fingerprint in baseline.expired]
    new = sum(baseline.holds_for(file(each.place.path)) for each in findings) - len(expired)
    known = {each.finding.fingerprint for each in silenced if each.reason is Silence.BASELINE}
    found = known | {each.fingerprint for each in findings}
    left = sum(1 for print_, each in baseline.known.items() if print_ not in found and not each.history and gone(each))
    return Compared(baseline.path, len(known), new, tuple(expired), left)


class Update(NamedTuple):
    """A baseline as it is to be written, and what changed."""

    known: tuple[Known, ...]
    added: int
    dropped: tuple[Known, ...]
    expired: int
    """Places that are still found and whose last day is over: only a person may extend that."""


def updated(
    old: Baseline,
    findings: Sequence[Finding],
    silenced: Sequence[Silenced],
    naming: Naming,
    file: Callable[[str], str],
    gone: Callable[[Known], bool],
) -> Update:
    """The baseline after a scan by it.

    `file`: the comparable real path of a path. `gone`: whether the scan looked where a place was,
    for one that it did not find.
    """
    found = {finding.fingerprint for finding in findings}
    found |= {each.finding.fingerprint for each in silenced if each.reason is Silence.BASELINE}
    kept = {
        fingerprint: known
        for fingerprint, known in old.known.items()
        if fingerprint in found or known.history or not gone(known)
    }
    fresh = {
        finding.fingerprint: naming.known(finding)
        for finding in findings
        if finding.fingerprint not in kept and old.holds_for(file(finding.place.path))
    }
    dropped = tuple(known for fingerprint, known in old.known.items() if fingerprint not in kept)
    return Update((*kept.values(), *fresh.values()), len(fresh), dropped, len(old.expired & found))


def silencing(
    baseline: Baseline, findings: Iterable[Finding], file: Callable[[str], str]
) -> tuple[list[Finding], list[Silenced]]:
    """The findings that are new to the baseline, and the others. `file`: the comparable real path of a path."""
    new: list[Finding] = []
    known: list[Silenced] = []
    for finding in findings:
        said = baseline.silences(finding.fingerprint, file(finding.place.path))
        if said is None:
            new.append(finding)
        else:
            known.append(Silenced(finding, Silence.BASELINE, baseline.path, said[0], tellable(said[1])))
    return new, known
