"""Checks of the address and of how the endpoint answers: T01 to T06, C01 to C08, V04."""

from __future__ import annotations

from unsprawl.scanner.oauth import greeting
from unsprawl.scanner.oauth.addresses import Place, is_loopback_name, origin_of, place_of
from unsprawl.scanner.oauth.answer import Fault
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.result import Found, failed, passed, quoted, unknown


def is_secure(url: str) -> bool:
    """https, or http to this machine."""
    place = place_of(url)
    return isinstance(place, Place) and (place.scheme == "https" or is_loopback_name(place.host))


def t01(seen: Observed) -> Found:
    """The address is https."""
    if not is_secure(seen.target.url):
        return failed("http to another machine; it was not called")
    return passed("https" if seen.target.url[:6].lower() == "https:" else "http, on this machine")


def t02(seen: Observed) -> Found:
    """The endpoint answers."""
    answer = seen.first
    if answer.tells:
        return passed(str(answer.status))
    wait = answer.header("retry-after")
    return failed(f"{answer.told}{f'; it asks to wait: Retry-After {quoted(wait)}' if wait else ''}")


def t03(seen: Observed) -> Found:
    """Streamable HTTP rather than HTTP+SSE."""
    if seen.transport == "unknown":
        return unknown()
    if seen.transport == "http":
        return passed("POST is answered")
    return failed(f"POST is answered with {seen.posted.status}, GET opens an event stream or asks for a token")


def t04(seen: Observed) -> Found:
    """The endpoint speaks MCP."""
    answer = seen.first
    if not answer.tells:
        return unknown()
    if seen.transport != "unknown":
        return passed("JSON-RPC" if greeting.message_of(answer) is not None else answer.told)
    if seen.moved is not None and answer.status in (301, 302, 303, 307, 308):
        return failed(f"{answer.status} to {quoted(answer.header('location'))}")
    return failed(f"{answer.told}, which is no JSON-RPC")


def t05(seen: Observed) -> Found:
    """The endpoint does not redirect."""
    if not seen.posted.status:
        return unknown()
    if seen.moved is None:
        return passed(f"answered with {seen.posted.status}")
    where = seen.moved.header("location")
    if seen.endpoint != seen.target.url:
        return failed(f"{seen.moved.status} to {quoted(where)}, followed once")
    return failed(f"{seen.moved.status} to {quoted(where)}, not followed", "block")


def t06(seen: Observed) -> Found:
    """Discovery leads to safe addresses only."""
    unsafe = [*seen.unsafe, *(f"{name}: the address {reason}" for name, reason in seen.endpoints)]
    if unsafe:
        return failed(f"not followed: {'; '.join(unsafe)}")
    if any(answer.fault is Fault.REDIRECTS for answer in seen.answers):
        return failed(str(Fault.REDIRECTS), "warn" if seen.server is not None else "block")
    if not seen.tried_resource:
        return unknown()
    return passed(f"{len({answer.url for answer in seen.answers})} addresses were called, and nothing else is named")


def c01(seen: Observed) -> Found:
    """A request without a token is answered with 401."""
    answer = seen.first
    if seen.asks:
        return passed("401")
    if not answer.tells:
        return unknown()
    if greeting.is_result(answer) or greeting.is_stream(answer):
        mixed = seen.prm or seen.asks_later
        return unknown("answered without a token, see C07" if mixed else "the server is open")
    return failed(answer.told)


def c02(seen: Observed) -> Found:
    """The 401 carries a Bearer challenge."""
    if not seen.asks:
        return unknown()
    if seen.challenges.bearer is not None:
        return passed("Bearer")
    others = ", ".join(each.scheme for each in seen.challenges.all)
    shown = f"only {quoted(others)}" if others else "no WWW-Authenticate"
    if seen.challenges.fault:
        shown = f"WWW-Authenticate {seen.challenges.fault}"
    return failed(shown, "warn" if seen.prm else "block")


def c03(seen: Observed) -> Found:
    """resource_metadata is an absolute URL on the origin of the server."""
    if seen.challenges.fault:
        return failed(f"WWW-Authenticate {seen.challenges.fault}")
    bearer = seen.challenges.bearer
    named = bearer.get("resource_metadata") if bearer is not None else None
    if bearer is None or named is None:
        return unknown("not named")
    if isinstance(place_of(named), Place):
        if origin_of(named) != origin_of(seen.endpoint):
            return failed(f"another origin: {quoted(named)}")
        if not is_secure(named):
            return failed(f"not https: {quoted(named)}")
        tried = next((each for each in seen.tried_resource if each.source == "header"), None)
        if tried is not None and tried.document is None:
            return failed(f"{quoted(named)} answers {tried.fault}")
        return passed(quoted(named))
    return failed(f"no absolute http(s) URL: {quoted(named)}")


def c04(seen: Observed) -> Found:
    """The challenge names scopes."""
    bearer = seen.challenges.bearer
    if bearer is None:
        return unknown()
    scope = bearer.get("scope")
    if not scope and seen.challenges.fault:
        return unknown("the challenge cannot be read")
    return passed(quoted(scope)) if scope else failed("no scope")


def c05(seen: Observed) -> Found:
    """An invented token is refused with 401."""
    answer = seen.invented
    if answer is None or not answer.status or answer.status == 429 or answer.status >= 500:
        return unknown(answer.told if answer is not None else "")
    if answer.status == 401:
        return passed("401")
    if (greeting.message_of(answer) is not None and answer.status == 200) or answer.status in (200, 202):
        return failed(f"accepted: {answer.told}")
    if not seen.asks and answer.status == (seen.later or seen.first).status:
        return unknown(f"{answer.status}, as without a token")
    return failed(f"refused, but with {answer.status}", "warn")


def accepts_anything(seen: Observed) -> bool:
    """Whether a token that nobody issued opened the server."""
    return seen.invented is not None and seen.invented.status in (200, 202)


def c06(seen: Observed) -> Found:
    """No credential is in the address."""
    if seen.target.left_out:
        return failed(f"{', '.join(map(quoted, seen.target.left_out))}; not sent")
    return passed("no part of it is one")


def c07(seen: Observed) -> Found:
    """A login is asked for consistently."""
    if seen.asks:
        return passed("asked for at once")
    if not is_open(seen):
        return unknown()
    if seen.asks_later and seen.later is not None:
        return failed(f"the greeting is answered without a token, tools/list with {seen.later.status}")
    if seen.prm:
        return failed("answered without a token, though there is protected resource metadata")
    return passed("never, as far as can be seen without calling a tool")


def c08(seen: Observed) -> Found:
    """The server is not open to everybody."""
    if seen.asks:
        return passed("401 without a token")
    if not is_open(seen):
        return unknown()
    return unknown("see C07") if seen.prm or seen.asks_later else failed("answered without a token")


def is_open(seen: Observed) -> bool:
    """Whether the server did what it was asked without a token."""
    return seen.transport != "unknown" and (greeting.is_result(seen.first) or greeting.is_stream(seen.first))


def v04(seen: Observed) -> Found:
    """The protocol fits hosts of both eras."""
    if seen.era == "stateless":
        return failed("only the stateless revision 2026-07-28 is spoken")
    return passed("the handshake is answered") if seen.era else unknown("asks for a token before it says")
