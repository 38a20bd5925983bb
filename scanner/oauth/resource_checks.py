"""Checks of protected resource metadata: P01 to P07."""

from __future__ import annotations

from unsprawl.scanner.oauth.endpoint_checks import is_secure
from unsprawl.scanner.oauth.metadata import JSON_TYPE, may_pass, strings
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.result import FAIL, Found, failed, passed, quoted, unknown
from unsprawl.scanner.oauth.spelling import compared, relation


def p01(seen: Observed) -> Found:
    """Protected resource metadata exists."""
    if seen.resource is not None:
        return passed(f"{seen.resource.source}: {quoted(seen.resource.answer.url)}")
    if not seen.tried_resource:
        return unknown()
    told = "; ".join(f"{each.source}: {each.fault}" for each in seen.tried_resource)
    if may_pass(seen.tried_resource):
        return unknown(told)
    return failed(told, "warn" if seen.legacy else "block" if seen.asks or seen.asks_later else "note")


def p02(seen: Observed) -> Found:
    """Protected resource metadata is JSON."""
    wrong = next((each for each in seen.tried_resource if each.document is None and each.answer.status == 200), None)
    if wrong is not None:
        # A catch-all page at a place where nothing has to be is no harm once the metadata was found.
        return failed(f"{wrong.source}: {wrong.fault}", "warn" if seen.resource is not None else "")
    if seen.resource is None:
        return unknown()
    kind = seen.resource.answer.media_type
    return passed(kind) if kind == JSON_TYPE else failed(f"the type is {quoted(kind or 'missing')}", "warn")


def p03(seen: Observed) -> Found:
    """resource is the address of the server."""
    if seen.resource is None:
        return unknown()
    found = compared(seen.prm.get("resource"), seen.target.url)
    if found.result == FAIL and resource_is_behind_redirect(seen):
        return passed(f"{quoted(seen.prm.get('resource'))}, where the endpoint redirects to: see T05")
    return found


def resource_is_behind_redirect(seen: Observed) -> bool:
    """Whether the metadata is about the address that the configured one redirects to, and not about that one."""
    resource = seen.prm.get("resource")
    if not isinstance(resource, str) or seen.endpoint == seen.target.url:
        return False
    return relation(resource, seen.endpoint) == "same" != relation(resource, seen.target.url)


def p04(seen: Observed) -> Found:
    """The metadata lists an authorization server."""
    if seen.resource is None:
        return unknown()
    entries = seen.prm.get("authorization_servers")
    listed = strings(entries)
    if not listed:
        return failed("authorization_servers is missing, empty or no list")
    if len(listed) != len(entries or ()):
        return failed("an entry is no text: clients that read strictly take none of it")
    if not is_secure(listed[0]):
        return failed(f"no https URL: {quoted(listed[0])}")
    return passed(quoted(listed[0]))


def p05(seen: Observed) -> Found:
    """Neither challenge nor metadata asks for offline_access."""
    bearer = seen.challenges.bearer
    asked = (bearer.get("scope") or "").split() if bearer is not None else []
    if seen.resource is None and bearer is None:
        return unknown()
    places = ["the challenge"] if "offline_access" in asked else []
    places += ["scopes_supported"] if "offline_access" in strings(seen.prm.get("scopes_supported")) else []
    return failed(f"named in {' and '.join(places)}") if places else passed("not named")


def p06(seen: Observed) -> Found:
    """Metadata and issuers are at safe addresses."""
    if seen.unsafe:
        return failed(f"not followed: {'; '.join(seen.unsafe)}")
    return passed("each was looked at before it was called") if seen.tried_resource else unknown()


def p07(seen: Observed) -> Found:
    """One authorization server."""
    listed = strings(seen.prm.get("authorization_servers"))
    if not listed:
        return unknown()
    return passed("one") if len(listed) == 1 else failed(f"{len(listed)}; the first counts")
