"""An entry's way to a vendor's remote: the address with its limits, what says no, what must be asked first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.oauth.targets import Bare, bare
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import LISTED, SETTLED, Endpoint, Service
from unsprawl.scanner.remotes.conditions import holds
from unsprawl.scanner.remotes.facts import Facts, facts_of, is_on
from unsprawl.scanner.remotes.fit import Fit, fit
from unsprawl.scanner.remotes.keep_local import Blocker, blocker, blockers, is_for, region_of
from unsprawl.scanner.remotes.match import Match, matches, place_of

if TYPE_CHECKING:
    from unsprawl.scanner.remotes.accounts import Account

_LIMIT = re.compile(r"[A-Za-z0-9_.,/:-]{1,200}")
"""What the value of a limit may be made of to go into an address."""
_DOTS = re.compile(r"(?i)/(?:\.|%2e){1,2}(?:/|$)|//|%2f|%5c")
_BY = {
    "npm": "starts the npm package",
    "pypi": "starts the PyPI package",
    "images": "starts the image",
    "programs": "starts",
    "address": "calls",
    "variable": "holds",
}
_NO_LOGIN = {
    "key-only": "its remote takes a key, no login",
    "none": "its remote needs no login and no key",
    "no-remote": "no remote server of the vendor is known",
}


class Standing(StrEnum):
    """What may be done with a candidate."""

    OFFERED = "offered"
    """It may be proposed, with its caveats."""
    ASK = "ask"
    """It may be shown; it is never written unless the user names it."""
    KEPT = "kept"
    """Something says no."""
    NONE = "none"
    """There is no login that could take the place of the key, or no key."""


class Candidate(NamedTuple):
    """A service that an entry could use instead."""

    service: Service
    match: Match
    standing: Standing
    endpoint: Endpoint | None
    url: str
    """With the limits of the entry in it, without credentials; "" where there is none. `{organization}` stays."""
    headers: tuple[tuple[str, str], ...]
    """That carry limits of the entry; no credential."""
    reasons: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    asks: tuple[str, ...]
    """Why it is not done unasked."""
    fits: tuple[Fit, ...]
    """For each host whose entry it is."""

    @property
    def confirm(self) -> bool:
        """Whether identity, tools, region or scope change: the caveats are to be shown and agreed to."""
        return self.service.migration != "auto" or bool(self.asks)


def candidates(found: ExaminedEntry, doubled: Set[Account] = frozenset()) -> tuple[Candidate, ...]:
    """What the catalogue knows of an entry, best first. `doubled`: see `accounts.second_accounts`."""
    facts = facts_of(found)
    made = []
    for match in matches(facts):
        account = (found.entry.path, found.entry.key_path, match.service.id)
        made.append(_candidate(match, facts, is_second=account in doubled))
    order = list(Standing)
    return tuple(sorted(made, key=lambda each: order.index(each.standing)))


def offered(found: ExaminedEntry, doubled: Set[Account] = frozenset()) -> Candidate | None:
    """The one candidate that may be proposed for an entry unasked; None where there is none, or more than one."""
    made = [each for each in candidates(found, doubled) if each.standing is Standing.OFFERED]
    return made[0] if len(made) == 1 else None


def address_at(service: Service, facts: Facts) -> str:
    """Where an entry would log in, without its limits; "" where no address is known."""
    region = "" if facts.address else region_of(service, facts)
    endpoint = None if isinstance(region, Blocker) else _endpoint(service, facts, region)
    return endpoint.url if endpoint is not None else ""


def with_limits(service: Service, url: str, facts: Facts) -> tuple[str, tuple[tuple[str, str], ...]] | str:
    """An address that a person named at a service, with the limits of the entry: address and headers. The name of a
    limit where one cannot be carried over.
    """
    limits = list(_carried(service, facts))
    for name, value, _, _ in limits:
        if not _LIMIT.fullmatch(value):
            return name
    said = {each.partition("=")[0] for each in url.partition("?")[2].split("&")}
    url = _limited(url, [(key, value) for _, value, key, _ in limits if key and key not in said])
    return url, tuple((header, value) for _, value, _, header in limits if header)


def _candidate(match: Match, facts: Facts, *, is_second: bool) -> Candidate:
    service = match.service
    reasons = [f"{_BY[match.by]} {match.name}"]
    fits = tuple(fit(service, host_id) for host_id in facts.hosts)
    if not service.has_oauth:
        reasons.append(_NO_LOGIN.get(service.registration, "its remote does not do the job of this server"))
        return Candidate(service, match, Standing.NONE, None, "", (), tuple(reasons), (), (), fits)
    if not facts.literals and not facts.referenced:
        reasons.append("it holds no key that a login could take the place of")
        return Candidate(service, match, Standing.NONE, None, "", (), tuple(reasons), (), (), fits)
    said = list(blockers(service, facts))
    region = "" if facts.address else region_of(service, facts)
    if isinstance(region, Blocker):
        said.append(region)
    if fits and all(each.works is False for each in fits):
        said.append(blocker("client", "", f": {fits[0].reason}"))
    if is_second:
        said.append(blocker("second-account"))
    endpoint = None if isinstance(region, Blocker) else _endpoint(service, facts, region)
    url, asks = "", list(_asks(match, facts))
    headers: tuple[tuple[str, str], ...] = ()
    if endpoint is not None:
        limits = list(_carried(service, facts))
        said += [blocker("narrowed", name) for name, value, _, _ in limits if not _LIMIT.fullmatch(value)]
        url = _address(endpoint, facts, [(key, value) for _, value, key, _ in limits if key])
        headers = tuple((header, value) for _, value, _, header in limits if header)
        asks += [each.reason for each in fits if each.works is False]
        asks += [f"the address names your {need}" for need in endpoint.needs]
    elif not isinstance(region, Blocker):
        said.append(blocker("region") if region else blocker("address"))
    standing = Standing.KEPT if said else Standing.ASK if asks else Standing.OFFERED
    return Candidate(service, match, standing, endpoint, url, headers, tuple(reasons), tuple(said), tuple(asks), fits)


def _endpoint(service: Service, facts: Facts, region: str) -> Endpoint | None:
    """The address to use. What an entry calls already says which region and which mode it is in: that host stays."""
    usable = [each for each in service.endpoints if each.state in SETTLED and each.use in ("", "oauth")]
    mine = place_of(facts.address) if facts.address else None
    if mine is not None:
        here = [each for each in usable if each.host == mine[0]]
        if here or any(each.region or each.where or each.needs for each in service.endpoints):
            return next((each for each in here if (each.path.rstrip("/") or "/") == mine[1]), next(iter(here), None))
    fitting = [each for each in usable if is_for(each, region)]
    chosen = [each for each in fitting if each.where and all(holds(where, facts) for where in each.where)]
    usual = sorted((each for each in fitting if not each.where), key=lambda each: bool(each.needs))
    return next(iter((*chosen, *usual)), None)


def _address(endpoint: Endpoint, facts: Facts, limits: Sequence[tuple[str, str]]) -> str:
    """The endpoint, or what the entry has already below it, without credentials and with its limits."""
    url = endpoint.url
    mine, base = (place_of(facts.address) if facts.address else None), endpoint.path.rstrip("/")
    below = mine is not None and mine[0] == endpoint.host and f"{mine[1]}/".startswith(f"{base}/")
    # What a browser would take for another path than the one that it begins with is not kept.
    if mine is not None and below and "?" not in url and not _DOTS.search(mine[1]):
        own = bare(facts.address)
        url = own.url if isinstance(own, Bare) else url
    return _limited(url, limits)


def _limited(url: str, limits: Sequence[tuple[str, str]]) -> str:
    for key, value in limits:
        url += f"{'&' if '?' in url else '?'}{key}={quote(value, safe=',:/')}"
    return url


def _carried(service: Service, facts: Facts) -> Iterator[tuple[str, str, str, str]]:
    """The limits of an entry that go into the address or a header: written as, value, query, header."""
    for carry in service.carry:
        flags = [(flag, text) for flag in carry.flags for text in facts.of_flags([flag])]
        variables = [(name, text) for name in carry.variables for text in facts.of_variables([name])]
        for name, text in (flags or variables)[-1:]:  # once: of what is said twice, what the server takes
            if not carry.switch:
                yield name, text, carry.query, carry.header
            elif is_on(text):
                yield name, "true", carry.query, carry.header


def _asks(match: Match, facts: Facts) -> Iterator[str]:
    service = match.service
    if match.by == "variable":
        yield f"only the name {match.name} tells that it may be {service.name}"
    elif match.weak:
        yield f"nobody has seen {match.name} in use"
    if service.migration == "ask-first":
        yield "what is known of the remote is too thin"
    if service.status != "verified":
        yield "nobody has confirmed the remote" if service.status == "unverified" else "what is known of it is old"
    if service.registration in LISTED and not facts.hosts:
        yield "the vendor lets only known clients in, and whose file this is is not known"
    if service.registration == "unknown":
        yield "how clients register is not known: probe it first"
    if not service.official:
        yield "it is not the vendor's own"
    if facts.beside:
        yield "its variables are in an environment file, where it may be told another server"
    strange = [name for name in facts.literals if name and not _is_its_own(service, name, facts)]
    if strange:
        yield f"it also holds {', '.join(strange[:3])}, which the remote does not take"


def _is_its_own(service: Service, name: str, facts: Facts) -> bool:
    """Whether a secret of that name is one of the service's, as far as names tell. Of headers, addresses and arguments
    they do not."""
    named = {variable for variable, _ in facts.variables}
    return bool(facts.address) or name not in named or name in service.variables or name in service.settings
