"""Which of the seven approaches the login of a service would be, for the hosts of an entry."""

from __future__ import annotations

from unsprawl.scanner.oauth.clients import clients
from unsprawl.scanner.remotes.candidates import Candidate

_RANKS = {"preregistered": 4, "dcr-listed": 3, "dcr": 3, "cimd": 2, "none": 7, "key-only": 5}


def rank_of(candidate: Candidate) -> int | None:
    """The rank after a move there; None where only a probe can tell."""
    registration = candidate.service.registration
    if registration == "dcr-and-cimd":
        able = {each.id for each in clients() if each.cimd}
        hosts = [each.host for each in candidate.fits]
        return 2 if hosts and able.issuperset(hosts) else 3
    return _RANKS.get(registration)
