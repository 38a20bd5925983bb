"""Checks of what the authorization endpoint lets a client do: A15 to A17, F02, F03, and of a login L01 and L07."""

from __future__ import annotations

from unsprawl.scanner.oauth.attempt import Attempt, Reaction, Way
from unsprawl.scanner.oauth.client_checks import what_was_tried
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.result import Found, failed, passed, unknown


def _asked(seen: Observed) -> Attempt | Found:
    """The same for what needs an answer to an authorization request."""
    done = what_was_tried(seen)
    if isinstance(done, Found):
        return done
    if done.right is None:
        return unknown("not tried: no client could be registered" if done.client is None else "it took too long")
    return done


def a15(seen: Observed) -> Found:
    """An authorization request is taken."""
    if seen.login is not None and seen.login.exchange is not None:
        return passed("a code came back")
    done = _asked(seen)
    if isinstance(done, Found):
        return done
    assert done.right is not None
    tried = [each for each in (done.right, done.no_resource, done.no_scope) if each is not None]
    unsafe = next((each for each in [*tried, done.last] if each is not None and each.way is Way.UNSAFE), None)
    if unsafe is not None:
        return failed(unsafe.told)
    if done.no_scope is not None and done.no_scope.goes_on:
        return failed(f"only without the scopes that the server itself names: {done.right.told}", "warn")
    if tried[-1].goes_on:
        return passed(tried[-1].told)
    return unknown(tried[-1].told) if tried[-1].way is Way.SILENT else failed(tried[0].told)


def a16(seen: Observed) -> Found:
    """A request without PKCE is refused."""
    done = _asked(seen)
    if isinstance(done, Found):
        return done
    return _to_be_refused(done, done.no_challenge, "goes on without a code challenge")


def a17(seen: Observed) -> Found:
    """Nobody gets a code without a login."""
    done = _asked(seen)
    if isinstance(done, Found):
        return done
    if done.last is None or done.last.way in (Way.SILENT, Way.UNSAFE, Way.REFUSED):
        return unknown(done.last.told if done.last is not None else "")
    if done.last.way is Way.CODE:
        return failed("a client that nobody knows gets a code at once, without a person or a cookie")
    return passed(done.last.told)


def l01(seen: Observed) -> Found:
    """The resource parameter is accepted, as far as an authorization request tells."""
    done = _asked(seen)
    if isinstance(done, Found):
        return done if seen.attempt is not None else unknown("not tried: it needs a login")
    assert done.right is not None
    if done.no_resource is not None and done.no_resource.goes_on:
        return failed(f"refused by the authorization endpoint, which goes on without it: {done.right.told}")
    if done.right.goes_on:
        return unknown("the authorization endpoint takes it; the token endpoint was not asked")
    return unknown("no request was taken, see A15")


def l07(seen: Observed) -> Found:
    """Redirect URIs are matched exactly, as far as an authorization request tells."""
    done = _asked(seen)
    if isinstance(done, Found):
        return done
    foreign = _to_be_refused(done, done.other_host, "goes on with a redirect address of another host")
    if foreign.result == "fail":
        return foreign._replace(severity="block")
    near = _to_be_refused(done, done.other_path, "goes on with a redirect address of another path")
    return near if near.result != "pass" else foreign


def _to_be_refused(done: Attempt, answer: Reaction | None, wrong: str) -> Found:
    """For a request with one thing wrong."""
    if answer is None:
        return unknown("no request was taken, see A15" if done.right is not None else "")
    match answer.way:
        case Way.REFUSED:
            return passed(answer.told)
        case Way.ASTRAY:
            return failed(f"it sends the browser to the address that nobody registered: {answer.told}")
        case Way.SILENT | Way.UNSAFE:
            return unknown(answer.told)
        case Way.CODE | Way.ELSEWHERE:
            return failed(f"{wrong}: {answer.told}")
        case Way.OWN:
            good = done.no_scope or done.no_resource or done.right
            if good is not None and good.way is Way.OWN:
                return failed(f"{wrong}: {answer.told}")
            return unknown(f"{answer.told}, which may be an error page")
        case _:
            if answer.page is not None and answer.page.form and answer.page.names_client:
                return failed(f"{wrong}: a page that asks for consent all the same")
            return unknown(f"{answer.told}, which may say that it refuses")


def f02(seen: Observed) -> Found:
    """A front asks for consent."""
    done = _asked(seen)
    if isinstance(done, Found):
        return done
    last = done.last
    if last is None or not last.goes_on:
        if done.right is not None and done.right.way is Way.OWN:
            return passed(f"first {done.right.told}")
        return unknown("no request was taken, see A15")
    if last.way is Way.ELSEWHERE and last.other_client:
        return failed(f"a client that nobody knows is sent on at once, as another client: {last.told}")
    if last.way is Way.ELSEWHERE:
        return unknown(f"{last.told}, which may be its own login")
    if last.way is Way.CODE:
        return unknown("it asks nobody, see A17")
    return passed("a page of its own comes first; what follows it was not seen")


def f03(seen: Observed) -> Found:
    """The consent page is sound."""
    done = _asked(seen)
    if isinstance(done, Found):
        return done
    last = done.last
    page = last.page if last is not None else None
    if page is None:
        return unknown("no page of its own was seen")
    if page.asks_who or not page.form:
        return unknown("the page is a login, or is made by a script")
    wrong = [
        told
        for fine, told in (
            (page.names_client, "does not name the client"),
            (page.shows_redirect, "does not show where it leads"),
            (page.shows_scopes, "does not show the scopes"),
            (not page.framed, "may be shown in a frame of another site"),
            (page.has_token, "has no value against forged requests"),
        )
        if not fine
    ]
    return failed(f"the page {', '.join(wrong)}") if wrong else passed("names the client, its address and its scopes")
