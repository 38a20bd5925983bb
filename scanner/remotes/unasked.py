"""Whether the login of a vendor may be taken where nobody named it, and why not."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.hosts import host
from unsprawl.scanner.remotes.candidates import Candidate, Standing

_SURE, _ASKING = "auto", "auto-with-prompt"
"""How the catalogue says that a service may be moved to."""


def hindrance(candidate: Candidate, *, asking: bool = False) -> str:
    """Why `auto` leaves a login alone; "" where it may take it. `asking`: the user is shown the change, with what it
    changes for them, and says yes to it.
    """
    service = candidate.service
    if candidate.standing is not Standing.OFFERED:
        return next(why_not(candidate), "there is none")
    if service.migration == _ASKING:
        if not asking:
            return f"with the login of {service.name} something changes that you should know first"
    elif service.migration != _SURE:
        return f"the login of {service.name} needs a client that the vendor has let in"
    unsure = next((each for each in candidate.fits if each.works is not True), None)
    if unsure is not None:
        return unsure.reason
    unproven = next((each.host for each in candidate.fits if not _logs_in(each.host)), "")
    return f"nobody has seen {host(unproven).name} log in by itself" if unproven else ""


def _logs_in(host_id: str) -> bool:
    login = host(host_id).oauth
    return login.native is True and login.proven


def why_not(candidate: Candidate) -> Iterator[str]:
    """Why the login of a vendor is not the answer; nothing for one that is offered."""
    name = candidate.service.name
    match candidate.standing:
        case Standing.NONE:
            yield f"{name}: {candidate.reasons[-1]}"
        case Standing.KEPT:
            yield from (f"not the login of {name}: {one.says}{_by(one.because)}" for one in candidate.blockers)
        case Standing.ASK:
            yield from (f"the login of {name} only if you say so: {one}" for one in candidate.asks)
        case Standing.OFFERED:
            pass


def _by(name: str) -> str:
    return f" ({name})" if name else ""
