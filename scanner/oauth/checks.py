"""Every check of rules/oauth_checks.yaml, evaluated from what a probe saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from unsprawl.scanner.oauth import active_checks as active
from unsprawl.scanner.oauth import client_checks as client
from unsprawl.scanner.oauth import endpoint_checks as endpoint
from unsprawl.scanner.oauth import login_checks as login
from unsprawl.scanner.oauth import registration_checks as registration
from unsprawl.scanner.oauth import resource_checks as resource
from unsprawl.scanner.oauth import server_checks as server
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.result import Check, Found, Result, known_checks, unknown

EVALUATED: Mapping[str, Callable[[Observed], Found]] = {
    "T01": endpoint.t01,
    "T02": endpoint.t02,
    "T03": endpoint.t03,
    "T04": endpoint.t04,
    "T05": endpoint.t05,
    "T06": endpoint.t06,
    "C01": endpoint.c01,
    "C02": endpoint.c02,
    "C03": endpoint.c03,
    "C04": endpoint.c04,
    "C05": endpoint.c05,
    "C06": endpoint.c06,
    "C07": endpoint.c07,
    "C08": endpoint.c08,
    "P01": resource.p01,
    "P02": resource.p02,
    "P03": resource.p03,
    "P04": resource.p04,
    "P05": resource.p05,
    "P06": resource.p06,
    "P07": resource.p07,
    "A01": server.a01,
    "A02": server.a02,
    "A03": server.a03,
    "A04": server.a04,
    "A05": server.a05,
    "A06": server.a06,
    "A07": server.a07,
    "A08": server.a08,
    "A09": server.a09,
    "A10": server.a10,
    "A11": server.a11,
    "A12": server.a12,
    "A13": server.a13,
    "A14": server.a14,
    "R01": registration.r01,
    "R02": registration.r02,
    "R03": registration.r03,
    "F01": registration.f01,
    "V04": endpoint.v04,
    "R04": client.r04,
    "R06": client.r06,
    "R09": client.r09,
    "R10": client.r10,
    "A15": active.a15,
    "A16": active.a16,
    "A17": active.a17,
    "F02": active.f02,
    "F03": active.f03,
    "L01": login.l01,
    "L02": login.l02,
    "L03": login.l03,
    "L04": login.l04,
    "L05": login.l05,
    "L06": login.l06,
    "L07": login.l07,
    "L08": login.l08,
    "L09": login.l09,
    "L10": login.l10,
    "L11": login.l11,
    "L12": login.l12,
    "F04": login.f04,
}
"""By the ids of the rules. Those of the phases login and deep need one."""
BY_REQUEST: Mapping[str, Callable[[Observed], Found]] = {"L01": active.l01, "L07": active.l07}
"""What an authorization request shows already, though a login shows more."""
_NEEDS = {
    "login": "not tried: it needs a login",
    "deep": "not tried: it needs more than one login",
}


def evaluated(seen: Observed) -> tuple[Result, ...]:
    """All checks, in the order of the rules."""
    found = [(check, _found(check, seen)) for check in known_checks()]
    return tuple(Result(check, each.result, each.seen, each.severity or check.severity) for check, each in found)


def _found(check: Check, seen: Observed) -> Found:
    if seen.login is not None:
        return EVALUATED[check.id](seen)
    if check.id in BY_REQUEST:
        return BY_REQUEST[check.id](seen)
    return unknown(_NEEDS[check.phase]) if check.phase in _NEEDS else EVALUATED[check.id](seen)
