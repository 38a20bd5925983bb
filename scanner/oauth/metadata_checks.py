"""Checks of what is published: protected resource metadata P01 to P07, authorization server metadata A01 to A14."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from unsprawl.scanner.oauth.addresses import Place, Unsafe, joined, origin_of, place_of
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.oauth.endpoint_checks import is_secure
from unsprawl.scanner.oauth.metadata import JSON_TYPE, Tried, is_bounded, strings
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.result import Found, failed, passed, quoted, unknown
from unsprawl.scanner.oauth.visit import REDIRECTS

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint")
_ID_JAG = "urn:ietf:params:oauth:grant-profile:id-jag"
_PASSING = frozenset({Fault.CONNECT, Fault.NAME, Fault.TLS, Fault.PROXY, Fault.BROKEN})
"""Faults that another day, or another machine, may not have."""
_NO_SIGN = (401, 403, 404, 410, 429)
"""How a server answers at /authorize that has no such thing."""
_RELATIONS = {
    "slash": "a slash at the end differs",
    "spelling": "the same place, spelt otherwise",
    "parent": "it is a parent",
    "other": "it is another address",
}


def may_pass(tried: Iterable[Tried]) -> bool:
    """Whether metadata may be missing only for now, or only here."""
    return any(_passes(each.answer) for each in tried)


def _passes(answer: Answer) -> bool:
    silent = answer.fault is Fault.SLOW and not answer.status
    return answer.fault in _PASSING or silent or answer.status == 429 or answer.status >= 500


def p01(seen: Observed) -> Found:
    """Protected resource metadata exists."""
    if seen.resource is not None:
        return passed(f"{seen.resource.source}: {quoted(seen.resource.answer.url)}")
    if not seen.tried_resource:
        return unknown()
    told = "; ".join(f"{each.source}: {each.fault}" for each in seen.tried_resource)
    if may_pass(seen.tried_resource):
        return unknown(told)
    return failed(told, "warn" if seen.legacy else "note" if not seen.asks else "block")


def p02(seen: Observed) -> Found:
    """Protected resource metadata is JSON."""
    wrong = next((each for each in seen.tried_resource if each.document is None and each.answer.status == 200), None)
    if wrong is not None:
        # A catch-all page at a place where nothing has to be is no harm once the metadata was found.
        return failed(f"{wrong.source}: {wrong.fault}", "warn" if seen.resource is not None else "")
    if seen.resource is None:
        return unknown()
    kind = seen.resource.answer.media_type
    return passed() if kind == JSON_TYPE else failed(f"the type is {quoted(kind or 'missing')}", "warn")


def p03(seen: Observed) -> Found:
    """resource is the address of the server."""
    if seen.resource is None:
        return unknown()
    return compared(seen.prm.get("resource"), seen.endpoint)


def compared(resource: object, url: str) -> Found:
    """How `resource` is spelt beside the address that is used."""
    if not isinstance(resource, str):
        return failed("no resource" if resource is None else f"resource is {quoted(resource)}, no text")
    if with_lower_origin(resource) == with_lower_origin(url):
        return passed(quoted(resource))
    kind = relation(resource, url)
    return failed(f"{quoted(resource)}: {_RELATIONS[kind]}", "block" if kind == "other" else "warn")


def with_lower_origin(url: str) -> str:
    """The address with nothing changed but the case of scheme and host."""
    scheme, mark, rest = url.partition("://")
    ends = [at for at in map(rest.find, "/?#") if at >= 0]
    end = min(ends, default=len(rest))
    return f"{scheme.lower()}{mark}{rest[:end].lower()}{rest[end:]}" if mark else url


def relation(resource: str, url: str) -> str:
    """What another spelling is to an address: `same`, or one of `_RELATIONS`."""
    one, other = with_lower_origin(resource), with_lower_origin(url)
    if one == other:
        return "same"
    if one.rstrip("/") == other.rstrip("/"):
        return "slash"
    if place_of(one) == place_of(other) and origin_of(one):
        return "spelling"
    if origin_of(resource) and origin_of(resource) == origin_of(url):
        parent = one.partition("?")[0].rstrip("/")
        if other.partition("?")[0].startswith(f"{parent}/") or other.partition("?")[0] == parent:
            return "parent"
    return "other"


def p04(seen: Observed) -> Found:
    """The metadata lists an authorization server."""
    if seen.resource is None:
        return unknown()
    listed = strings(seen.prm.get("authorization_servers"))
    if not listed:
        return failed("authorization_servers is missing, empty or no list")
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
    return failed(f"named in {' and '.join(places)}") if places else passed()


def p06(seen: Observed) -> Found:
    """Metadata and issuers are at safe addresses."""
    if seen.unsafe:
        return failed(f"not followed: {'; '.join(seen.unsafe)}")
    return passed() if seen.tried_resource else unknown()


def p07(seen: Observed) -> Found:
    """One authorization server."""
    listed = strings(seen.prm.get("authorization_servers"))
    if not listed:
        return unknown()
    return passed() if len(listed) == 1 else failed(f"{len(listed)}; the first counts")


def a01(seen: Observed) -> Found:
    """Authorization server metadata is found."""
    if seen.server is not None:
        return passed(f"{seen.server.source}: {quoted(seen.server.answer.url)}")
    if not seen.issuer:
        return unknown("nothing names one" if seen.tried_origin is not None else "")
    if not seen.tried_server:
        return failed("the issuer is not followed, see P06")
    if seen.tried_server[-1].source == "wrong-root" and seen.tried_server[-1].document:
        return failed("only at the root, though the issuer has a path")
    told = "; ".join(f"{each.source}: {each.fault}" for each in seen.tried_server)
    return unknown(told) if may_pass(seen.tried_server) else failed(told)


def a02(seen: Observed) -> Found:
    """issuer is identical to the entry in authorization_servers."""
    if seen.server is None:
        return unknown()
    written, expected = seen.issuer_written, seen.issuer
    if seen.legacy:
        return unknown("nothing names an issuer to compare with")
    if not isinstance(written, str):
        return failed("issuer is missing or no text")
    if written == expected:
        return passed(quoted(written))
    told = f"issuer is {quoted(written)}, authorization_servers has {quoted(expected)}"
    return failed(told, "warn" if written.rstrip("/") == expected.rstrip("/") else "block")


def a03(seen: Observed) -> Found:
    """The endpoints are https."""
    if seen.server is None:
        return unknown()
    wrong = []
    for name in _ENDPOINTS:
        url = seen.metadata.get(name)
        if url is None:
            wrong += [f"{name} is missing"] if name in _ENDPOINTS[:2] else []
        elif not isinstance(url, str):
            wrong.append(f"{name} is no text")
    wrong += [f"{name} {reason}" for name, reason in seen.endpoints if "scheme" not in reason or name != _ENDPOINTS[0]]
    return failed("; ".join(wrong)) if wrong else passed()


def a04(seen: Observed) -> Found:
    """authorization_endpoint is safe to open."""
    url = seen.metadata.get("authorization_endpoint")
    if not isinstance(url, str):
        return unknown()
    place = place_of(url)
    return failed(f"it {place.reason}") if isinstance(place, Unsafe) else passed()


def a05(seen: Observed) -> Found:
    """code_challenge_methods_supported is present."""
    if seen.server is None:
        return unknown()
    listed = seen.metadata.get("code_challenge_methods_supported")
    if listed is None:
        # The specification has clients refuse; what they really do is told host by host.
        return failed("absent: the specification has clients refuse, most go on", "warn")
    return passed() if isinstance(listed, list) else failed("no list")


def a06(seen: Observed) -> Found:
    """S256 is listed."""
    listed = seen.metadata.get("code_challenge_methods_supported")
    if listed is None:
        return unknown("no list, see A05" if seen.server is not None else "")
    methods = strings(listed)
    return passed() if "S256" in methods else failed(f"only {quoted(', '.join(methods) or 'an empty list')}")


def a07(seen: Observed) -> Found:
    """Response type code and grant authorization_code."""
    if seen.server is None:
        return unknown()
    types, grants = seen.metadata.get("response_types_supported"), seen.metadata.get("grant_types_supported")
    if not any("code" in each.split() for each in strings(types)):
        return failed("response_types_supported does not list code")
    if grants is not None and "authorization_code" not in strings(grants):
        return failed("grant_types_supported does not list authorization_code")
    return passed()


def a08(seen: Observed) -> Found:
    """Metadata on the MCP origin is not the only way."""
    if seen.legacy:
        return failed("found there, and nothing names it")
    return passed("not needed") if seen.server is not None else unknown()


def a09(seen: Observed) -> Found:
    """Default endpoints are not the only way."""
    if seen.server is not None:
        return passed("not needed")
    if seen.authorize is None:
        return unknown()
    if has_default_endpoint(seen):
        return failed(f"no metadata at all, and /authorize answers {seen.authorize.told}")
    return unknown(f"/authorize answers {seen.authorize.told}")


def has_default_endpoint(seen: Observed) -> bool:
    """Whether /authorize is there, and is not the page that the server has for every address."""
    answer = seen.authorize
    if answer is None or not answer.status or answer.status in _NO_SIGN or answer.status >= 500:
        return False
    tried = [each.answer for each in seen.tried_resource]
    if answer.status in REDIRECTS:
        return joined(answer.url, answer.header("location")).partition("?")[0] not in _hops(tried)
    return (answer.status, answer.media_type) not in {(each.status, each.media_type) for each in tried}


def _hops(answers: Iterable[Answer]) -> set[str]:
    return {hop.partition("?")[0] for each in answers for hop in each.hops}


def a10(seen: Observed) -> Found:
    """iss in authorization responses is advertised."""
    return _flag(seen, "authorization_response_iss_parameter_supported")


def a11(seen: Observed) -> Found:
    """Logins can be refreshed."""
    if seen.server is None:
        return unknown()
    grants, scopes = (strings(seen.metadata.get(name)) for name in ("grant_types_supported", "scopes_supported"))
    if "refresh_token" in grants or "offline_access" in scopes:
        return passed("listed")
    return failed("neither the grant refresh_token nor the scope offline_access is listed")


def a12(seen: Observed) -> Found:
    """Metadata is bounded in size and time."""
    tried = [*seen.tried_resource, *seen.tried_server, *([seen.tried_origin] if seen.tried_origin else [])]
    wrong = [f"{each.source}: {each.answer.told}" for each in tried if not is_bounded(each.answer)]
    if not seen.ended:
        wrong.append("the whole probe took too long and was ended")
    if wrong:
        return failed("; ".join(wrong), "warn" if seen.server is not None and seen.ended else "block")
    return passed() if tried else unknown()


def a13(seen: Observed) -> Found:
    """Public clients can use the token endpoint."""
    if seen.server is None:
        return unknown()
    methods = seen.metadata.get("token_endpoint_auth_methods_supported")
    if methods is None:
        return failed("not listed, which means client_secret_basic")
    return passed() if "none" in strings(methods) else failed(f"only {quoted(', '.join(strings(methods)))}")


def a14(seen: Observed) -> Found:
    """Extension grants; nothing is right or wrong about them."""
    if seen.server is None:
        return unknown()
    offered = (
        ["client_credentials"] if "client_credentials" in strings(seen.metadata.get("grant_types_supported")) else []
    )
    offered += ["ID-JAG"] if _ID_JAG in strings(seen.metadata.get("authorization_grant_profiles_supported")) else []
    return passed(f"offered: {', '.join(offered)}" if offered else "none offered")


def _flag(seen: Observed, name: str) -> Found:
    if seen.server is None:
        return unknown()
    value: Any = seen.metadata.get(name)
    return passed("true") if value is True else failed("absent" if value is None else f"{quoted(value)}, not true")


def r01(seen: Observed) -> Found:
    """A client can get an id without a human."""
    if seen.server is None:
        return unknown()
    ways = [name for name, there in (("CIMD", has_cimd(seen)), ("DCR", has_dcr(seen))) if there]
    return passed(" and ".join(ways)) if ways else failed("neither client metadata documents nor dynamic registration")


def r02(seen: Observed) -> Found:
    """Client ID metadata documents are supported."""
    return _flag(seen, "client_id_metadata_document_supported")


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


def f01(seen: Observed) -> Found:
    """No front for another provider: metadata alone cannot tell."""
    if seen.server is None:
        return unknown()
    if may_be_front(seen):
        return unknown("the authorization server is on the origin of the MCP server, which is a hint and no more")
    return unknown("the authorization server is on another origin")


def may_be_front(seen: Observed) -> bool:
    """The one hint that metadata gives."""
    issuer = seen.issuer_written
    place = place_of(issuer) if isinstance(issuer, str) else None
    return isinstance(place, Place) and place.origin == origin_of(seen.endpoint)
