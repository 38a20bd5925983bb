"""What `explain` says of entries, as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from unsprawl.scanner.approach_scores import Score
from unsprawl.scanner.explain import Explained
from unsprawl.scanner.people import MANY, People
from unsprawl.scanner.remotes.candidates import Candidate
from unsprawl.scanner.remotes.unasked import hindrance
from unsprawl.scanner.report.json_report import Json, entry_json
from unsprawl.scanner.report.own_client_report import own_client_json
from unsprawl.scanner.report.what_to_type import Typing, to_follow, to_move
from unsprawl.scanner.scan import ScannedEntry
from unsprawl.scanner.what_if import BrokerHere, WhatIf


def explain_json(each: Explained, root: str, typing: Typing) -> dict[str, Json]:
    """One item of `entries`: what `scan` says of it, and the rest."""
    advice = each.advice
    return {
        **entry_json(ScannedEntry(each.found.entry, each.approach), root),
        "likely": each.likely,
        "criteria": _scores(each.scores),
        "people": _people(each.people),
        "recommendation": {
            "target": advice.target,
            "approach": advice.rank,
            "says": advice.says,
            "reasons": list(advice.reasons),
            "next": to_follow(each, typing),
        },
        "path_of_decision": [
            {"id": step.id, "asks": step.asks, "answer": step.answer, "why": step.why or None} for step in advice.path
        ],
        "remotes": [_remote(candidate) for candidate in each.candidates],
        "register": [own_client_json(client) for client in each.clients],
        "what_if": [_what_if(each, what, typing) for what in each.what_if],
    }


def _people(people: People | None) -> Json:
    if people is None:
        return None
    count = people.number if people.number != MANY else None
    return {"many": people.many, "number": count, "by": people.by}


def _scores(scores: Iterable[Score]) -> Json:
    return [{"id": score.criterion.id, "grade": score.grade, "says": score.says} for score in scores]


def _what_if(each: Explained, what: WhatIf, typing: Typing) -> Json:
    return {
        "target": what.target,
        "possible": what.can,
        "firm": what.firm,
        "approach": what.rank,
        "mark": what.mark or None,
        "says": what.says,
        "command": to_move(each, what, typing),
        "service": what.service or None,
        "broker": _broker(what.broker),
        "criteria": _scores(what.scores),
        "changes": [
            {"criterion": before.criterion.id, "before": before.grade, "after": after.grade, "says": after.says}
            for before, after in what.changes
        ],
    }


def _broker(broker: BrokerHere | None) -> Json:
    if broker is None:
        return None
    return {
        "name": broker.name,
        "state": broker.state,
        "installed": broker.installed,
        "ran": broker.ran,
        "good_for": broker.good_for,
        "needs": broker.needs,
    }


def _remote(candidate: Candidate) -> Json:
    service = candidate.service
    return {
        "id": service.id,
        "name": service.name,
        "status": service.status,
        "migration": service.migration,
        "registration": service.registration,
        "standing": candidate.standing.value,
        "unasked": not hindrance(candidate),
        "why_not_unasked": hindrance(candidate) or None,
        "url": candidate.url or None,
        "headers": [name for name, _ in candidate.headers],
        "confirm": candidate.confirm,
        "reasons": list(candidate.reasons),
        "blockers": [
            {"kind": one.kind, "says": one.says, "because": one.because or None, "firm": one.firm}
            for one in candidate.blockers
        ],
        "asks": list(candidate.asks),
        "hosts": [{"id": fit.host, "works": fit.works, "reason": fit.reason} for fit in candidate.fits],
        "caveats": list(service.caveats),
        "evidence": list(service.evidence),
    }
