"""The look before a login: what a passive probe saw, and why nobody should log in there."""

from __future__ import annotations

from typing import Any

from unsprawl.scanner.oauth.addresses import Place, place_of
from unsprawl.scanner.oauth.checks import evaluated
from unsprawl.scanner.oauth.metadata import default_endpoint
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.registration_checks import has_cimd, has_dcr
from unsprawl.scanner.oauth.result import Result
from unsprawl.scanner.oauth.verdict import Kind, Verdict, verdict
from unsprawl.scanner.record import NamedTuple

_STRICTER = ("A02", "A05", "A06")
"""What some hosts put up with, and a login check does not: the specification has clients refuse."""
_NOTHING_THERE = (0, 404, 405, 410, 501)


class Endpoints(NamedTuple):
    """Of one authorization server, as it writes them; only these are posted to."""

    issuer: str
    """"" where nothing names one."""
    authorization: str
    token: str
    registration: str
    revocation: str
    iss_advertised: bool
    auth_methods: tuple[str, ...]
    scopes: tuple[str, ...]


class Front(NamedTuple):
    """What was seen, and what may be done."""

    seen: Observed
    verdict: Verdict
    refusals: tuple[Result, ...]
    """The checks because of which nobody is sent there."""
    endpoints: Endpoints | None
    """None where a login is refused, or not needed."""
    reason: str = ""
    """Why there are none."""
    needs_client: bool = False
    """What stops the login is that a client must be registered by hand."""

    @property
    def open(self) -> bool:
        return self.verdict.kind is Kind.OPEN


def front(seen: Observed, *, client_id: bool, document: bool) -> Front:
    """Judge. `client_id`: the user has one. `document`: the user has a client metadata document."""
    results = evaluated(seen)
    word = verdict(seen, results)
    failed = [each for each in results if each.failed and each.check.phase in ("static", "passive")]
    refusals = tuple(
        each
        for each in failed
        if each.check.id in _STRICTER or (each.severity == "block" and each.check.phase != "static")
    )
    if word.kind is Kind.OPEN:
        return Front(seen, word, (), None, word.reason)
    if seen.resource is None and seen.server is None and _default_way(seen):
        return Front(seen, word, (), _default_endpoints(seen))
    if word.kind in (Kind.BROKEN, Kind.INCONCLUSIVE, Kind.STATIC_KEY) or seen.server is None:
        return Front(seen, word, refusals, None, word.reason)
    if refusals:
        ids = ", ".join(each.check.id for each in refusals)
        return Front(seen, word, refusals, None, f"a client must not log in there ({ids})")
    if not (client_id or has_dcr(seen) or (document and has_cimd(seen))):
        reason = "a client must be registered with the vendor by hand first, and none was given"
        return Front(seen, word, (), None, reason, needs_client=True)
    return Front(seen, word, (), _named(seen))


def _default_way(seen: Observed) -> bool:
    """Whether revision 2025-03-26 has clients take its default endpoints, and something is there."""
    answer = seen.authorize
    bearer = seen.challenges.bearer is not None or not seen.challenges.all
    return seen.asks and bearer and answer is not None and answer.status not in _NOTHING_THERE


def _default_endpoints(seen: Observed) -> Endpoints:
    names = ("authorize", "token", "register")
    authorize, token, register = (default_endpoint(seen.endpoint, name) for name in names)
    return Endpoints("", authorize, token, register, "", False, (), ())


def _named(seen: Observed) -> Endpoints:
    metadata = seen.metadata
    methods, scopes = (metadata.get(name) for name in ("token_endpoint_auth_methods_supported", "scopes_supported"))
    return Endpoints(
        issuer=_text(metadata.get("issuer")),
        authorization=_text(metadata.get("authorization_endpoint")),
        token=_text(metadata.get("token_endpoint")),
        registration=_text(metadata.get("registration_endpoint"))
        or (default_endpoint(seen.endpoint, "register") if seen.legacy else ""),
        revocation=_text(metadata.get("revocation_endpoint")),
        iss_advertised=metadata.get("authorization_response_iss_parameter_supported") is True,
        auth_methods=tuple(each for each in methods if isinstance(each, str)) if isinstance(methods, list) else (),
        scopes=tuple(each for each in scopes if isinstance(each, str)) if isinstance(scopes, list) else (),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def same_address(one: str, other: str) -> bool:
    """Whether two spellings lead to the same request; libraries respell what they read."""
    first, second = place_of(one), place_of(other)
    return isinstance(first, Place) and first == second
