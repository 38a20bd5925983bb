"""Host by host: whether it can log in at a service, as far as the catalogue and what is known of the host tell."""

from __future__ import annotations

from unsprawl.scanner.hosts import host
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import LISTED, Service


class Fit(NamedTuple):
    """One host at one service. `works` is None where nobody knows."""

    host: str
    works: bool | None
    reason: str


def fit(service: Service, host_id: str) -> Fit:
    """Whether this host can log in there. A probe of the server knows better."""
    known = host(host_id)
    if host_id in service.works_in:
        return Fit(host_id, True, "the vendor lets this host in")
    if service.registration in LISTED:
        where = known.oauth.client_id_told
        more = f", to be written as {where}" if where else ""
        own = "" if service.register.closed else f", and needs one of your own{more}"
        return Fit(host_id, False, f"{known.name} is none of those of {service.name}{own}")
    ways = {"dcr": (False, True), "cimd": (True, False), "dcr-and-cimd": (True, True)}.get(service.registration)
    if ways is None:
        return Fit(host_id, None, "how clients register there is not known: `unsprawl probe` can tell")
    cimd, dcr = ways
    if known.oauth.cimd is None and known.oauth.dcr is None:
        return Fit(host_id, None, f"nothing is known of how {known.name} registers")
    can = [able for offered, able in ((cimd, known.oauth.cimd), (dcr, known.oauth.dcr)) if offered]
    if any(can):
        return Fit(host_id, True, f"{known.name} can register there")
    what = "client metadata documents" if cimd else "dynamic registration"
    if None in can:
        return Fit(host_id, None, f"it is not known whether {known.name} knows {what}, the only way there")
    return Fit(host_id, False, f"{known.name} does not know {what}, the only way there")
