"""`--format json` of `probe`; `report/probe.schema.json` is its schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from unsprawl.scanner.logins import Login, login_of
from unsprawl.scanner.oauth.attempt import Attempt, End, Registration, Way
from unsprawl.scanner.oauth.checks import evaluated
from unsprawl.scanner.oauth.metadata import strings
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.outcomes import Outcome, outcomes
from unsprawl.scanner.oauth.registering import CLIENT_NAME
from unsprawl.scanner.oauth.registration_checks import has_cimd, has_dcr, is_front, may_be_front
from unsprawl.scanner.oauth.result import Result
from unsprawl.scanner.oauth.verdict import Verdict, verdict
from unsprawl.scanner.own_client import OwnClient
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.own_client_report import own_client_json

_LONGEST = 300
"""Longer texts of a server are cut."""
_MOST = 20
"""So many items of a list that a server wrote are shown."""


class Probed(NamedTuple):
    """One server, judged."""

    seen: Observed
    results: tuple[Result, ...]
    verdict: Verdict
    hosts: tuple[Outcome, ...]


def judged(seen: Observed) -> Probed:
    """The checks, the verdict and what hosts make of it."""
    results = evaluated(seen)
    word = verdict(seen, results)
    return Probed(seen, results, word, outcomes(seen, word))


def probe_json(probed: Probed, register: Sequence[OwnClient] = ()) -> Json:
    """One item of `probes`. `register`: for the hosts that were asked for, how a client is registered."""
    seen = probed.seen
    bearer, product = seen.challenges.bearer, product_of(seen)
    return {
        "url": seen.target.url,
        "entries": list(seen.target.entries),
        "verdict": probed.verdict.kind.value,
        "reason": probed.verdict.reason,
        "transport": seen.transport,
        "era": seen.era or None,
        "status": seen.first.status or None,
        "fault": seen.first.told if seen.first.fault is not None else None,
        "challenge": {
            "schemes": [cut(each.scheme) for each in seen.challenges.all[:_MOST]],
            "resource_metadata": cut(bearer.get("resource_metadata")) if bearer is not None else None,
            "scope": cut(bearer.get("scope")) if bearer is not None else None,
            "error": cut(bearer.get("error")) if bearer is not None else None,
        }
        if seen.challenges.all
        else None,
        "prm": {
            "source": seen.resource.source if seen.resource is not None else None,
            "url": seen.resource.answer.url if seen.resource is not None else None,
            "resource": cut(seen.prm.get("resource")),
            "authorization_servers": [cut(each) for each in strings(seen.prm.get("authorization_servers"))[:_MOST]],
        },
        "as": {
            "source": seen.server.source if seen.server is not None else None,
            "url": seen.server.answer.url if seen.server is not None else None,
            "issuer": cut(seen.issuer_written),
            "product": {"id": product.id, "name": product.name, "mind": product.mind or None} if product else None,
        },
        "pkce": pkce(seen),
        "registration": {"dcr": has_dcr(seen), "cimd": has_cimd(seen)} if seen.server is not None else None,
        "iss": seen.metadata.get("authorization_response_iss_parameter_supported") is True
        if seen.server is not None
        else None,
        "facade": _front(seen),
        "phases": [
            "static",
            "passive",
            *(["active"] if seen.attempt is not None and not seen.attempt.not_tried else []),
        ],
        "active": _active(seen.attempt) if seen.attempt is not None else None,
        "findings": [each.check.id for each in probed.results if each.failed],
        "checks": [check_json(each) for each in probed.results],
        "hosts": [
            {
                "id": each.client.id,
                "name": each.client.name,
                "works": each.works,
                "reason": each.reason,
                "redirect_uri": each.client.redirect_uri or None,
                "client_id": each.client.client_id or None,
                "evidence": each.client.evidence,
            }
            for each in probed.hosts
        ],
        "register": [own_client_json(each) for each in register],
        "unseen": list(probed.verdict.unseen),
        "requests": len(seen.answers) + (seen.attempt.requests if seen.attempt is not None else 0),
    }


def clients_left(probed: Sequence[Probed]) -> list[Json]:
    """The clients that are still there, or may be, for whoever wants to clean up."""
    attempts = [each.seen.attempt for each in probed if each.seen.attempt is not None]
    return [_client(left) for done in attempts for left in done.left]


def _front(seen: Observed) -> str | None:
    last = seen.attempt.last if seen.attempt is not None else None
    if is_front(last):
        return "yes"
    if last is not None and last.way is Way.CODE:
        return "no"
    return ("possible" if may_be_front(seen) else "no-sign") if seen.server is not None else None


def _active(done: Attempt) -> Json:
    return {
        "tried": not done.not_tried,
        "reason": done.not_tried,
        "clients": [_client(each) for each in done.registrations if each.end is not End.NONE],
        "left": [cut(each.client_id) for each in done.left],
        "redirect_uris": [{"redirect_uris": list(shape), "accepted": accepted} for shape, accepted in done.shapes],
    }


def _client(made: Registration) -> Json:
    return {
        "registration_endpoint": made.endpoint,
        "client_id": cut(made.client_id) or None,
        "client_name": CLIENT_NAME,
        "redirect_uris": list(made.redirects),
        "deleted": {End.DELETED: True, End.LEFT: False}.get(made.end),
        "reason": cut(made.end_reason),
    }


def product_of(seen: Observed) -> Login | None:
    """The product that logs users in, where its address or its metadata tell."""
    issuer = seen.issuer_written
    return login_of(issuer, seen.metadata.get("token_endpoint")) if isinstance(issuer, str) else None


def check_json(result: Result) -> Json:
    """One item of `checks`."""
    check = result.check
    return {
        "id": check.id,
        "title": check.title,
        "result": result.result,
        "seen": cut(result.seen) or "",
        "severity": result.severity,
        "level": check.level,
        "actor": check.actor,
        "phase": check.phase,
        "revisions": list(check.revisions),
        "specification": list(check.specification),
        "remedy": check.remedy if result.failed else "",
    }


def cut(value: object) -> str | None:
    """Foreign text, cut; None for what is no text."""
    if not isinstance(value, str):
        return None
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}..."


def pkce(seen: Observed) -> str | None:
    """`S256`, `other` where only other methods are listed, `unlisted`; None without metadata."""
    if seen.server is None:
        return None
    listed = seen.metadata.get("code_challenge_methods_supported")
    if listed is None:
        return "unlisted"
    return "S256" if "S256" in strings(listed) else "other"
