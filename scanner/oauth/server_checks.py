"""Checks of authorization server metadata: A01 to A14."""

from __future__ import annotations

from collections.abc import Iterable

from unsprawl.scanner.oauth.addresses import Unsafe, joined, origin_of, place_of
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.oauth.metadata import ENDPOINTS, is_bounded, may_pass, strings
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.result import Found, failed, flag, passed, quoted, unknown
from unsprawl.scanner.oauth.spelling import differ_by_a_slash
from unsprawl.scanner.oauth.visit import REDIRECTS

_ID_JAG = "urn:ietf:params:oauth:grant-profile:id-jag"
_NO_SIGN = (401, 403, 404, 410, 429)
"""How a server answers at /authorize that has no such thing."""


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
    if not isinstance(written, str):
        return failed("issuer is missing or no text")
    if seen.legacy:  # nothing names an issuer: it is the origin where its metadata was found
        expected = origin_of(seen.endpoint)
        same = written.removesuffix("/") == expected
        return passed(quoted(written)) if same else failed(f"issuer is {quoted(written)}, found at {quoted(expected)}")
    if written == expected:
        return passed(quoted(written))
    told = f"issuer is {quoted(written)}, authorization_servers has {quoted(expected)}"
    return failed(told, "warn" if differ_by_a_slash(written, expected) else "block")


def a03(seen: Observed) -> Found:
    """The endpoints are https."""
    if seen.server is None:
        return unknown()
    wrong = []
    for name in ENDPOINTS:
        url = seen.metadata.get(name)
        if url is None:
            wrong += [f"{name} is missing"] if name in ENDPOINTS[:2] else []
        elif not isinstance(url, str):
            wrong.append(f"{name} is no text")
    wrong += [f"{name} {reason}" for name, reason in seen.endpoints if "scheme" not in reason or name != ENDPOINTS[0]]
    told = ", ".join(name.removesuffix("_endpoint") for name in ENDPOINTS if seen.metadata.get(name) is not None)
    return failed("; ".join(wrong)) if wrong else passed(told)


def a04(seen: Observed) -> Found:
    """authorization_endpoint is safe to open."""
    url = seen.metadata.get("authorization_endpoint")
    if not isinstance(url, str):
        return unknown()
    place = place_of(url)
    return failed(f"it {place.reason}") if isinstance(place, Unsafe) else passed(quoted(url))


def a05(seen: Observed) -> Found:
    """code_challenge_methods_supported is present."""
    if seen.server is None:
        return unknown()
    listed = seen.metadata.get("code_challenge_methods_supported")
    if listed is None:
        # The specification has clients refuse; what they really do is told host by host.
        return failed("absent: the specification has clients refuse, most go on", "warn")
    return passed("present")


def a06(seen: Observed) -> Found:
    """S256 is listed."""
    listed = seen.metadata.get("code_challenge_methods_supported")
    if listed is None:
        return unknown("no list, see A05" if seen.server is not None else "")
    if not isinstance(listed, list):
        return failed(f"{quoted(listed)}, no list")
    methods = strings(listed)
    return (
        passed(quoted(", ".join(methods)))
        if "S256" in methods
        else failed(f"only {quoted(', '.join(methods) or 'an empty list')}")
    )


def a07(seen: Observed) -> Found:
    """Response type code and grant authorization_code."""
    if seen.server is None:
        return unknown()
    types, grants = seen.metadata.get("response_types_supported"), seen.metadata.get("grant_types_supported")
    if "code" not in strings(types):  # `code id_token` is another one
        return failed("response_types_supported does not list code")
    if grants is not None and "authorization_code" not in strings(grants):
        return failed("grant_types_supported does not list authorization_code")
    return passed("both listed" if grants is not None else "code listed; grants not, which means authorization_code")


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
    return flag(seen.metadata if seen.server is not None else None, "authorization_response_iss_parameter_supported")


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
    return passed("each document came whole and in time") if tried else unknown()


def a13(seen: Observed) -> Found:
    """Public clients can use the token endpoint."""
    if seen.server is None:
        return unknown()
    methods = seen.metadata.get("token_endpoint_auth_methods_supported")
    if methods is None:
        return failed("not listed, which means client_secret_basic")
    return (
        passed(quoted(", ".join(strings(methods))))
        if "none" in strings(methods)
        else failed(f"only {quoted(', '.join(strings(methods)))}")
    )


def a14(seen: Observed) -> Found:
    """Extension grants; nothing is right or wrong about them."""
    if seen.server is None:
        return unknown()
    offered = (
        ["client_credentials"] if "client_credentials" in strings(seen.metadata.get("grant_types_supported")) else []
    )
    offered += ["ID-JAG"] if _ID_JAG in strings(seen.metadata.get("authorization_grant_profiles_supported")) else []
    return passed(f"offered: {', '.join(offered)}" if offered else "none offered")
