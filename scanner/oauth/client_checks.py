"""Checks of how a client is registered and deleted: R04, R06, R09, R10."""

from __future__ import annotations

from unsprawl.scanner.oauth.attempt import Attempt, End, Way
from unsprawl.scanner.oauth.clients import Client, clients
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.redirects import shape_of
from unsprawl.scanner.oauth.registration_checks import has_cimd
from unsprawl.scanner.oauth.result import Found, failed, passed, quoted, unknown

_NOT_ASKED = "not tried: it creates a client at the authorization server"
_NOT_BY_A_LOGIN = "a login does not try it, `probe --active` does"
_ORDER = ("block", "warn", "note")


def what_was_tried(seen: Observed) -> Attempt | Found:
    """What was tried, or that nothing was."""
    if seen.attempt is None:
        return unknown(_NOT_ASKED if seen.login is None else _NOT_BY_A_LOGIN)
    if seen.attempt.not_tried:
        return unknown(f"not tried: {seen.attempt.not_tried}")
    return seen.attempt


def r04(seen: Observed) -> Found:
    """Dynamic registration really works."""
    if seen.login is not None and seen.login.registered is not None:
        asked = seen.login.registered
        if asked.token:
            return passed(f"{asked.status}")
        told = f"{asked.status} {quoted(asked.error)}" if asked.status else quoted(asked.error)
        return failed(told) if 400 <= asked.status < 500 and asked.status != 429 else unknown(told)
    done = what_was_tried(seen)
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
    done = what_was_tried(seen)
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
    done = what_was_tried(seen)
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
    if seen.login is not None and seen.login.kept is not None:
        return failed("; ".join(seen.login.kept)) if seen.login.kept else passed("deleted, and gone")
    done = what_was_tried(seen)
    if isinstance(done, Found):
        return done
    there = [each for each in done.registrations if each.end is not End.NONE]
    if not there:
        return unknown("nothing was created")
    left = [each for each in there if each.end is not End.DELETED]
    if not left:
        return passed("deleted, and gone")
    return failed("; ".join(dict.fromkeys(each.end_reason for each in left)))
