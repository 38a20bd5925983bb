"""Checks of how a client gets an id, R01 to R03, and whether it is a front, F01."""

from __future__ import annotations

from unsprawl.scanner.oauth.addresses import Place, origin_of, place_of
from unsprawl.scanner.oauth.attempt import Reaction, Way
from unsprawl.scanner.oauth.endpoint_checks import is_secure
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.result import Found, failed, flag, passed, quoted, unknown


def r01(seen: Observed) -> Found:
    """A client can get an id without a human."""
    if seen.server is None:
        return unknown()
    ways = [name for name, there in (("CIMD", has_cimd(seen)), ("DCR", has_dcr(seen))) if there]
    return passed(" and ".join(ways)) if ways else failed("neither client metadata documents nor dynamic registration")


def r02(seen: Observed) -> Found:
    """Client ID metadata documents are supported."""
    return flag(seen.metadata if seen.server is not None else None, "client_id_metadata_document_supported")


def r03(seen: Observed) -> Found:
    """Dynamic registration is supported."""
    if seen.server is None:
        return unknown()
    return passed(quoted(seen.metadata.get("registration_endpoint"))) if has_dcr(seen) else failed("no usable endpoint")


def has_cimd(seen: Observed) -> bool:
    """Whether a client may name a document of its own as its id. Anything but a literal true is no yes."""
    return seen.metadata.get("client_id_metadata_document_supported") is True


def has_dcr(seen: Observed) -> bool:
    """Whether there is a registration endpoint that a client may call."""
    url = seen.metadata.get("registration_endpoint")
    return isinstance(url, str) and is_secure(url)


def registers(seen: Observed) -> bool:
    """Whether a client may register itself, as far as that was seen: an endpoint that refused everybody does not
    count."""
    return has_dcr(seen) and not (seen.attempt is not None and seen.attempt.refused)


def f01(seen: Observed) -> Found:
    """No front for another provider: metadata alone cannot tell."""
    done = seen.attempt
    if done is not None and done.last is not None and done.last.goes_on:
        return _front(done.last)
    if seen.server is None:
        return unknown()
    if may_be_front(seen):
        return unknown("the authorization server is on the origin of the MCP server, which is a hint and no more")
    return unknown("the authorization server is on another origin")


def _front(last: Reaction) -> Found:
    """What the answer to an authorization request tells."""
    if is_front(last):
        return failed(f"it sends the browser on in the name of a client of its own: {last.told}")
    match last.way:
        case Way.CODE:
            return passed("it gives the code itself")
        case Way.ELSEWHERE:
            return unknown(f"{last.told}, which may be its own login")
        case _:
            return unknown("a page of its own comes first; what follows it was not seen")


def is_front(last: Reaction | None) -> bool:
    """Whether a browser is sent to another origin as a client that is not ours."""
    return last is not None and last.way is Way.ELSEWHERE and last.other_client


def may_be_front(seen: Observed) -> bool:
    """The one hint that metadata gives."""
    issuer = seen.issuer_written
    place = place_of(issuer) if isinstance(issuer, str) else None
    return isinstance(place, Place) and place.origin == origin_of(seen.endpoint)
