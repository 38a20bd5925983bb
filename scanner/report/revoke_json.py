"""`--format json` of `revoke`; `report/revoke.schema.json` is its schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from unsprawl.rules.load import load
from unsprawl.scanner.model import Finding, Verdict
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.json_report import Identify, Json
from unsprawl.scanner.report.verdicts import verdict_json
from unsprawl.scanner.scan import shown_path


class Outcome(StrEnum):
    """What became of one secret, or how it stands."""

    REVOKED = "revoked"
    ALREADY_DEAD = "already-dead"
    STILL_LIVE = "still-live"
    REFUSED = "refused"
    NOT_SENT = "not-sent"
    UNKNOWN = "unknown"
    IN_USE = "in-use"
    DECLINED = "declined"
    TODO = "todo"
    DONE = "done"

    @property
    def dead(self) -> bool:
        """Whether nothing is left to do."""
        return self in (Outcome.REVOKED, Outcome.ALREADY_DEAD, Outcome.DONE)


class Told(NamedTuple):
    """One secret, for a report. Names are foreign text."""

    finding: Finding
    """By which it is judged; of a secret that stands in no file its place is that of its entry."""
    findings: tuple[Finding, ...]
    ours: tuple[tuple[str, str, str, str], ...]
    """(kind, name, entry, where) of each place that is ours."""
    needed_by: tuple[str, ...]
    outcome: Outcome
    reason: str = ""
    automatic: bool = False
    host: str = ""
    """Who gets the request."""
    before: Verdict | None = None
    after: Verdict | None = None
    when: str = ""
    """When it was remembered as dead."""

    @property
    def what(self) -> str:
        """The kind of it."""
        rule = load().get(self.finding.literal.rule)
        return rule.name if rule is not None else self.finding.literal.reason

    @property
    def page(self) -> str:
        """Where a person ends it, or ""."""
        rule = load().get(self.finding.literal.rule)
        return rule.rotate_url if rule is not None else ""

    @property
    def undone_by(self) -> list[str]:
        """The migrations whose undo would put it back."""
        return list(dict.fromkeys(name for kind, name, _, _ in self.ours if kind == "undo"))


def revoke_json(told: Sequence[Told], identify: Identify, root: str) -> list[Json]:
    """The field `revocations` of the contract."""
    return [_one(each, identify, root) for each in told]


def _one(told: Told, identify: Identify, root: str) -> Mapping[str, Any]:
    literal = told.finding.literal
    return {
        "secret_id": identify(told.finding.secret),
        "rule": literal.rule,
        "provider": literal.provider,
        "what": told.what,
        "way": "request" if told.automatic else "page",
        "host": told.host or None,
        "page": told.page or None,
        "outcome": told.outcome.value,
        "reason": told.reason,
        "before": verdict_json(told.before),
        "after": verdict_json(told.after),
        "needed_by": list(told.needed_by),
        "places": [
            {
                "fingerprint": finding.fingerprint,
                "path": shown_path(finding.place.path, root),
                "line": finding.place.line,
                "pointer": finding.place.pointer,
                "entry": finding.entry.name if finding.entry is not None else None,
                "hosts": list(finding.hosts),
            }
            for finding in told.findings
        ],
        "kept": [
            {"kind": kind, "name": name, "entry": entry or None, "where": where or None}
            for kind, name, entry, where in told.ours
        ],
        "undo_restores_it": told.undone_by,
        "remembered_at": told.when or None,
    }
