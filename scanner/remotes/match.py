"""Which services of the catalogue an entry belongs to: whole names and addresses only, never what looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import Endpoint, Service, by_package, by_variable, services
from unsprawl.scanner.remotes.facts import Facts

_ODD = re.compile(r"[\x00-\x20\\\x7f]")
_HOSTS = re.compile(r"[a-z0-9.-]{1,253}")


class Match(NamedTuple):
    """Why an entry is this service's. `by` is "npm", "pypi", "images", "programs", "address" or "variable"."""

    service: Service
    by: str
    name: str
    endpoint: Endpoint | None = None
    """Of an address: the one that it is, or the first of that host."""

    @property
    def weak(self) -> bool:
        """Whether only the name of a variable says so, or a name that no source was found for."""
        return self.by == "variable" or self.name in self.service.unseen


def matches(facts: Facts) -> tuple[Match, ...]:
    """The services of an entry, most of the time one or none."""
    if facts.address:
        return tuple(_of_address(facts.address))
    if facts.started is not None:
        kind, name = facts.started
        for length in range(name.count(" ") + 1, 0, -1) if kind == "programs" else (0,):
            whole = " ".join(name.split()[:length]) if length else name
            found = by_package().get((kind, whole))
            if found is not None:
                return (Match(found, kind, whole),)
    return tuple(_of_variables(facts))


def service_at(url: str) -> Service | None:
    """The service whose address this is; None for nobody's, or where it could be that of several."""
    found = list(_of_address(url))
    return found[0].service if len(found) == 1 else None


def _of_variables(facts: Facts) -> Iterator[Match]:
    """Only variables that hold a secret tell anything, and only where they agree."""
    known = by_variable()
    found = {known[name].id: (known[name], name) for name in facts.literals if name in known}
    if len(found) == 1:
        for service, name in found.values():
            yield Match(service, "variable", name)


def _of_address(url: str) -> Iterator[Match]:
    place = place_of(url)
    if place is None:
        return
    host, path = place
    exact, near, filled = [], [], []
    for service in services():
        same = [each for each in service.endpoints if _is_host(each, host)]
        hit = next((each for each in same if _path(each).fullmatch(path)), None)
        plain = next((each for each in same if "{" not in each.host), None)
        if hit is not None and plain is not None:
            exact.append(Match(service, "address", host, hit))
        elif plain is not None:
            near.append(Match(service, "address", host, plain))
        elif hit is not None:  # a name in the place of `{product}` is less than a host that is listed
            filled.append(Match(service, "address", host, hit))
    yield from exact or near or filled


def place_of(url: str) -> tuple[str, str] | None:
    """Host and path of an address that is plainly one of https; None for everything that two readers could read in two
    ways, or that goes to another port."""
    if _ODD.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme.lower() != "https" or "@" in parts.netloc or port not in (None, 443) or not _HOSTS.fullmatch(host):
        return None
    return host, parts.path.rstrip("/") or "/"


def _is_host(endpoint: Endpoint, host: str) -> bool:
    return endpoint.host == host if "{" not in endpoint.host else _host(endpoint).fullmatch(host) is not None


@cache
def _host(endpoint: Endpoint) -> re.Pattern[str]:
    whole = re.fullmatch(r"\{[^{}]+\}", endpoint.host) is not None  # it could be anybody's
    return re.compile(r"(?!)" if whole else _filled(endpoint.host, "[a-z0-9-]{1,63}"))


@cache
def _path(endpoint: Endpoint) -> re.Pattern[str]:
    return re.compile(_filled(endpoint.path.rstrip("/") or "/", "[^/]{1,200}"))


def _filled(template: str, anything: str) -> str:
    pieces = re.split(r"\{[^{}]+\}", template)
    return anything.join(map(re.escape, pieces))
