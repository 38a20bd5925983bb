"""Whether a client may be registered for a server that was looked at, where, and for which scopes."""

from __future__ import annotations

from unsprawl.scanner.oauth import metadata
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.registration_checks import has_cimd, has_dcr
from unsprawl.scanner.oauth.verdict import Kind, Verdict


def place_to_register(seen: Observed) -> str:
    """The registration endpoint of a server; "" where there is none to call."""
    if has_dcr(seen):
        return str(seen.metadata["registration_endpoint"])
    without_metadata = seen.server is None and seen.resource is None and seen.tried_origin is not None
    if without_metadata and (seen.asks or seen.asks_later):
        # Without any metadata, revision 2025-03-26 has its clients take this one.
        return metadata.default_endpoint(seen.endpoint, "register")
    return ""


def why_not(seen: Observed, verdict: Verdict) -> str:
    """Why nothing is registered for a server; "" where it can be tried."""
    match verdict.kind:
        case Kind.INCONCLUSIVE:
            return "too little was seen of the server"
        case Kind.OPEN:
            return "no login is needed"
        case Kind.STATIC_KEY:
            return "no login is offered"
        case _ if not place_to_register(seen):
            by_document = ", and a client metadata document must be public" if has_cimd(seen) else ""
            return f"there is no registration endpoint{by_document}"
        case Kind.BROKEN if seen.server is not None or seen.unsafe:
            return "nothing is created at a server that is broken without it"
        case _:
            return ""


def asked_scope(seen: Observed) -> str:
    """What clients ask for: the scopes of the challenge, else those of the metadata, else none."""
    bearer = seen.challenges.bearer
    named = bearer.get("scope") if bearer is not None else None
    words = named.split() if named else metadata.strings(seen.prm.get("scopes_supported"))
    return " ".join(word for word in words if word.isascii() and word.isprintable() and len(word) < 200)[:2000]
