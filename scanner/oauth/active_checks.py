"""Checks that need a client: how it is registered and deleted, and what the authorization endpoint lets it do."""

from __future__ import annotations

from unsprawl.scanner.oauth.attempt import Attempt, End, Reaction, Way
from unsprawl.scanner.oauth.clients import Client, clients
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.redirects import shape_of
from unsprawl.scanner.oauth.registration_checks import has_cimd
from unsprawl.scanner.oauth.result import Found, failed, passed, unknown

_NOT_ASKED = "not tried: it creates a client at the authorization server"
_ORDER = ("block", "warn", "note")


def _attempt(seen: Observed) -> Attempt | Found:
    """What was tried, or that nothing was."""
    if seen.attempt is None:
        return unknown(_NOT_ASKED)
    if seen.attempt.not_tried:
        return unknown(f"not tried: {seen.attempt.not_tried}")
    return seen.attempt


def _asked(seen: Observed) -> Attempt | Found:
    """The same for what needs an answer to an authorization request."""
    done = _attempt(seen)
    if isinstance(done, Found):
        return done
    if done.right is None:
        return unknown("not tried: no client could be registered" if done.client is None else "it took too long")
    return done


def r04(seen: Observed) -> Found:
    """Dynamic registration really works."""
    done = _attempt(seen)
    if isinstance(done, Found):
        return done
    if not done.registrations:
        return unknown("it took too long")
    taken = next((each for each in done.registrations if each.taken), None)
    if taken is not None:
        return passed(f"{taken.answer.status}")
    last = next((each for each in done.registrations if each.refusal), done.registrations[0])
    if last.down:
        return unknown(last.refusal)
    return failed(last.refusal, "warn" if has_cimd(seen) else "block")


def r06(seen: Observed) -> Found:
    """The redirect addresses of hosts are accepted."""
    done = _attempt(seen)
    if isinstance(done, Found):
        return done
    refused = [shape for shape, fine in done.shapes if fine is False]
    accepted = [shape for shape, fine in done.shapes if fine]
    if not accepted and (not refused or done.client is None):
        return unknown("nobody was registered" if done.registrations else "")
    if refused:
        names = [each.name for each in clients() if accepts(done, each) is False]
        told = ", ".join(dict.fromkeys(each for shape in refused for each in shape))
        return failed(f"refused: {told} ({', '.join(names)})", "warn")
    if done.other_port is not None and done.other_port.way in (Way.REFUSED, Way.ASTRAY):
        return failed(f"only with the very port that was registered: {done.other_port.told}", "note")
    return passed(f"those of {', '.join(each.name for each in clients() if accepts(done, each))}")


def accepts(done: Attempt, client: Client) -> bool | None:
    """Whether the redirect addresses of a host may be registered; None where that is not known."""
    shape = shape_of(client, done.port)
    return next((fine for known, fine in done.shapes if known == shape), None)


def r09(seen: Observed) -> Found:
    """The client that comes back is the one that was asked for."""
    done = _attempt(seen)
    if isinstance(done, Found):
        return done
    taken = [each for each in done.registrations if each.taken]
    if not taken:
        wrong = [each.refusal for each in done.registrations if each.end is not End.NONE]
        return failed(wrong[0]) if wrong and done.registrations[-1].answer.fault is None else unknown()
    faults = dict.fromkeys(fault for each in taken for fault in each.faults)
    if not faults:
        return passed()
    return failed("; ".join(text for _, text in faults), min((severity for severity, _ in faults), key=_ORDER.index))


def r10(seen: Observed) -> Found:
    """A client can be deleted again."""
    done = _attempt(seen)
    if isinstance(done, Found):
        return done
    there = [each for each in done.registrations if each.end is not End.NONE]
    if not there:
        return unknown("nothing was created")
    left = [each for each in there if each.end is not End.DELETED]
    if not left:
        return passed("deleted, and gone")
    return failed("; ".join(dict.fromkeys(each.end_reason for each in left)))


def a15(seen: Observed) -> Found:
    """An authorization request is taken."""
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
