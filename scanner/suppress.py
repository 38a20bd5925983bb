"""Which findings of a file are shown, and what silences the others. Pure: nothing is dropped without a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from unsprawl.rules.load import compiled
from unsprawl.scanner.allow import Allowance, allowances
from unsprawl.scanner.model import Confidence, Finding, Severity, Silence, Silenced
from unsprawl.scanner.randomness import looks_random
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import MASK

if TYPE_CHECKING:
    from unsprawl.scanner.examine import Examined

BY = {
    Silence.ALLOWED: "by a comment",
    Silence.IGNORED: "by an ignore list",
    Silence.BASELINE: "by the baseline",
    Silence.SEVERITY: "below the severity that was asked for",
    Silence.CONFIDENCE: "below the confidence that was asked for",
}
_WORD = r"[^\s=:,;\"'`()<>]+"
_SEVERITIES, _CONFIDENCES = list(Severity), list(Confidence)


class Limits(NamedTuple):
    """What the command line wants to see."""

    severity: Severity = Severity.LOW
    """This one and worse."""
    confidence: Confidence = Confidence.LOW
    """This one and surer."""
    ignore: bool = True
    """False: allow comments and ignore lists do not count."""


USUAL = Limits()


class Silencer(Protocol):
    """Something that a file says about places: an ignore list, a baseline."""

    @property
    def path(self) -> str:
        """The file that says so, absolute."""
        ...

    @property
    def reason(self) -> Silence: ...

    @property
    def insists(self) -> bool:
        """Whether it counts under `--no-ignore` too."""
        ...

    def silences(self, fingerprint: str, file: str) -> tuple[int, str] | None:
        """The line and the note that silence this place in `file` (a comparable real path); None when none does."""
        ...


def sifted(examined: Examined, limits: Limits, file: str = "", lists: Sequence[Silencer] = ()) -> Examined:
    """`examined` with what is silenced taken out of its findings and told in `silenced`.

    `lists` are the ignore lists and baselines that may speak of the file, whose real path in their spelling is `file`.
    """
    lists = lists if limits.ignore else [each for each in lists if each.insists]
    allowed = _allowed(examined) if limits.ignore else {}
    silenced: list[Silenced] = []

    def kept(findings: Sequence[Finding]) -> tuple[Finding, ...]:
        shown = []
        for finding in findings:
            allowance = allowed.get(finding.fingerprint)
            if allowance is not None:
                path, line, note = finding.place.path, allowance.line, tellable(allowance.note)
                silenced.append(Silenced(finding, Silence.ALLOWED, path, line, note))
            elif (told := _told(finding, file, lists)) is not None:
                silenced.append(told)
            elif (reason := _below(finding, limits)) is not None:
                silenced.append(Silenced(finding, reason))
            else:
                shown.append(finding)
        return tuple(shown)

    entries = tuple(entry._replace(findings=kept(entry.findings)) for entry in examined.entries)
    loose = kept(examined.loose)
    return examined._replace(entries=entries, loose=loose, silenced=(*examined.silenced, *silenced))


def _allowed(examined: Examined) -> dict[str, Allowance]:
    kind = examined.file.document
    return allowances(examined.document, examined.findings, "notebook" if kind and kind.reader == "notebook" else "")


def _told(finding: Finding, file: str, lists: Sequence[Silencer]) -> Silenced | None:
    for each in lists:
        said = each.silences(finding.fingerprint, file)
        if said is not None:
            return Silenced(finding, each.reason, each.path, said[0], tellable(said[1]))
    return None


def tellable(note: str) -> str:
    """The note without words that look random: what somebody wrote there may be a key of its own."""
    return compiled(_WORD).sub(lambda word: MASK if looks_random(word[0]) else word[0], note)


def _below(finding: Finding, limits: Limits) -> Silence | None:
    literal = finding.literal
    if _SEVERITIES.index(literal.severity) > _SEVERITIES.index(limits.severity):
        return Silence.SEVERITY
    if _CONFIDENCES.index(literal.confidence) > _CONFIDENCES.index(limits.confidence):
        return Silence.CONFIDENCE
    return None


def tally(silenced: Iterable[Silenced]) -> str:
    """`3 secrets are not shown: 2 by a comment, 1 by an ignore list`; "" when there are none."""
    counts = dict.fromkeys(Silence, 0)
    for each in silenced:
        counts[each.reason] += 1
    total = sum(counts.values())
    if not total:
        return ""
    said = ", ".join(f"{count} {BY[reason]}" for reason, count in counts.items() if count)
    return f"{total} {'secret is' if total == 1 else 'secrets are'} not shown: {said}"
