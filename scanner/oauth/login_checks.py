"""Checks that only a login can make: L01 to L12 and F04."""

from __future__ import annotations

from unsprawl.scanner.oauth.login.seen import Attempt, LoginSeen
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.registration_checks import may_be_front
from unsprawl.scanner.oauth.result import Found, failed, passed, quoted, unknown

_DAY_S = 24 * 60 * 60


def _login(seen: Observed) -> LoginSeen:
    return seen.login if seen.login is not None else LoginSeen()


def l01(seen: Observed) -> Found:
    """The resource parameter is accepted."""
    login = _login(seen)
    if login.target_refused:
        return failed(f"refused: {quoted(login.resource)}")
    if not login.resource:
        return unknown("none was sent" if login.token is not None else "")
    return passed(quoted(login.resource)) if login.token is not None else unknown()


def l02(seen: Observed) -> Found:
    """state comes back unchanged."""
    state = _login(seen).state
    return {"same": passed(), "missing": failed("it did not come back"), "other": failed("another one came back")}.get(
        state, unknown("no authorization response came")
    )


def l03(seen: Observed) -> Found:
    """iss in the callback is right."""
    login = _login(seen)
    if login.iss == "same":
        return passed(quoted(login.issuer))
    if login.iss == "other":
        return failed("another issuer came back; nothing of that answer was used")
    if login.iss == "absent":
        return failed("advertised, and it did not come") if login.advertised else passed("not advertised, none came")
    return unknown()


def l04(seen: Observed) -> Found:
    """The code can be exchanged."""
    login = _login(seen)
    if login.exchange is None:
        return unknown("no code came")
    if not login.exchange.token:
        return failed(_told(login.exchange))
    kind = login.token.type if login.token is not None else ""
    return passed() if kind.lower() == "bearer" else failed(f"token_type is {quoted(kind or 'missing')}")


def l05(seen: Observed) -> Found:
    """The token is for this server."""
    login = _login(seen)
    if login.token is None:
        return unknown()
    if not login.token.jwt:
        return unknown("the token is opaque")
    shown = ", ".join(map(quoted, login.token.audience))
    if login.resource in login.token.audience:
        return passed(shown)
    return failed(f"aud is {shown}" if shown else "the token names no audience")


def l06(seen: Observed) -> Found:
    """PKCE is enforced."""
    return _refusal(_login(seen).wrong_verifier, "a wrong code_verifier")


def l07(seen: Observed) -> Found:
    """Redirect URIs are matched exactly."""
    return _refusal(_login(seen).wrong_redirect, "another redirect_uri")


def l08(seen: Observed) -> Found:
    """Refresh tokens rotate."""
    login = _login(seen)
    if login.refreshed is None:
        return unknown()
    if not login.refreshed.token:
        return failed(f"a refresh is refused: {_told(login.refreshed)}")
    return passed() if login.rotated else failed("the old refresh token stays, or no new one came")


def l09(seen: Observed) -> Found:
    """Access tokens are short-lived."""
    token = _login(seen).token
    if token is None:
        return unknown()
    if token.lifetime_s is None:
        return failed("expires_in is missing")
    return passed(f"{token.lifetime_s} s") if token.lifetime_s <= _DAY_S else failed(f"{token.lifetime_s} s")


def l10(seen: Observed) -> Found:
    """The scopes granted cover those asked for."""
    token = _login(seen).token
    if token is None:
        return unknown()
    if token.granted is None:
        return passed("none named, which means all that were asked for")
    # A refresh token is what that scope asks for; the scopes of the access token need not name it.
    got = (*token.granted, *(("offline_access",) if token.refresh else ()))
    missing = [each for each in token.asked if each not in got]
    return failed(f"not granted: {quoted(' '.join(missing))}") if missing else passed(quoted(" ".join(token.granted)))


def l11(seen: Observed) -> Found:
    """A code can be exchanged once."""
    return _refusal(_login(seen).replayed, "a code that was used")


def l12(seen: Observed) -> Found:
    """A token for another resource is refused."""
    login = _login(seen)
    if login.other_resource is None:
        return unknown()
    if not login.other_resource.token:
        return passed(f"none is issued: {login.other_resource.error or login.other_resource.status}")
    if login.other_accepted in (401, 403):
        return passed(str(login.other_accepted))
    if 200 <= login.other_accepted < 300:
        return failed(f"accepted: {login.other_accepted}; neither of the servers looks at the resource")
    return unknown(f"answered with {login.other_accepted}" if login.other_accepted else "no answer")


def f04(seen: Observed) -> Found:
    """The token is the server's own."""
    login = _login(seen)
    token = login.token
    if token is None:
        return unknown()
    if token.vendor:
        # A vendor that runs both servers gives out its own tokens; a front that gives out a vendor's passes them on.
        told = f"it has the form of a credential of {token.vendor}"
        return failed(told) if may_be_front(seen) else unknown(told)
    if not token.jwt or not token.issuer:
        return unknown("the token is opaque, or does not say who issued it")
    if token.issuer == login.issuer:
        return passed(quoted(token.issuer))
    return failed(f"issued by {quoted(token.issuer)}, not by {quoted(login.issuer)}")


def _refusal(attempt: Attempt | None, what: str) -> Found:
    if attempt is None:
        return unknown()
    if attempt.token:
        return failed(attempt.where or f"a token was issued for {what}")
    return passed(_told(attempt)) if 400 <= attempt.status < 500 else unknown(_told(attempt))


def _told(attempt: Attempt) -> str:
    if not attempt.status:
        return "no answer"
    return f"{attempt.status} {quoted(attempt.error)}".rstrip()
