"""Where an entry could log in instead of sending a key: by the catalogue, or where the user says. Pure.

The catalogue's rows are told by whole names of packages and by addresses; the name of a variable alone tells nothing
here, since whoever wrote the file chose it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.scanner.oauth.targets import Bare, address_of, bare
from unsprawl.scanner.parts import LOOPBACK, host_of, scheme_of
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.candidates import Candidate, Standing, candidates, with_limits
from unsprawl.scanner.remotes.catalogue import Service
from unsprawl.scanner.remotes.facts import Facts, facts_of
from unsprawl.scanner.remotes.fit import fit
from unsprawl.scanner.remotes.keep_local import Blocker, blocker, blockers, blockers_anywhere
from unsprawl.scanner.remotes.match import matches

LOCAL = "Keep the key elsewhere: `--to run`, or `--to reference`."


class LoginAt(NamedTuple):
    """An address that asks whoever calls it to log in."""

    url: str
    """Without credentials."""
    service: Service | None
    """Of the catalogue; None where only the user knows it."""
    events: bool = False
    """It speaks only the older transport."""
    headers: tuple[tuple[str, str], ...] = ()
    """That carry limits of the entry; no credential."""
    notes: tuple[str, ...] = ()
    """What changes, and what was not seen."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.service.name if self.service is not None else host_of(self.url)


class NeedsClient(NamedTuple):
    """A service that lets only known clients in, and the host is none of them."""

    at: LoginAt
    reason: str


def login_at(situation: Situation) -> LoginAt | NeedsClient:
    """Where the entry can log in. Raises `Refused` where there is no such place, or something says no."""
    said = situation.stated.remotes.get(situation.found.entry.name)
    facts = facts_of(situation.found)
    made = _known(situation) if said is None else _said(situation, facts, said)
    twin = _same_address(situation, (made.at if isinstance(made, NeedsClient) else made).url)
    if twin and not situation.seen:
        raise Refused(f"`{twin}` of this host is logged in there already, and most hosts keep one login per address",
                      _name_it(situation))  # fmt: skip
    return made


def _known(situation: Situation) -> LoginAt | NeedsClient:
    """What the catalogue says."""
    found = situation.found
    every = candidates(found, situation.doubled())
    usable = [each for each in every if each.standing in (Standing.OFFERED, Standing.ASK) or _client_only(each)]
    if not every:
        hint = _probe_it(situation) if address_of(found) else _say_it(situation)
        raise Refused("no vendor's remote server is known for it", hint)
    if not usable:
        raise _refused(situation, every[0])
    if len(usable) > 1:
        names = " or ".join(each.service.name for each in usable)
        raise Refused(f"it may be {names}, and nobody can tell which", _say_it(situation))
    [best] = usable
    assert best.endpoint is not None
    if best.match.by == "variable":
        raise Refused(
            f"only the name {best.match.name} tells that it may be {best.service.name}, and whoever wrote the file "
            "chose that name",
            _say_it(situation),
        )
    if best.endpoint.needs:
        raise Refused(f"the address names your {best.endpoint.needs[0]}", _say_it(situation, best.url))
    _agreed(situation, best)
    at = LoginAt(
        best.url, best.service, best.endpoint.transport == "sse", best.headers,
        tuple(_notes(best.service, () if _client_only(best) else best.asks)),
    )  # fmt: skip
    return NeedsClient(at, best.blockers[0].says) if _client_only(best) else at


def _client_only(each: Candidate) -> bool:
    """Whether nothing keeps the entry but that the host is not registered there."""
    kinds = {one.kind for one in each.blockers}
    return each.standing is Standing.KEPT and kinds == {"client"} and each.endpoint is not None


def _agreed(situation: Situation, best: Candidate) -> None:
    """Raises `Refused` for what nobody has said yes to."""
    stops = [each.reason for each in best.fits if each.works is False]
    if stops and not _client_only(best):
        raise Refused(f"one of its hosts cannot log in there: {stops[0]}", LOCAL)
    asks = [each for each in best.asks if each not in stops]
    if asks and not (situation.seen and situation.chosen):
        raise Refused(f"the login of {best.service.name} only if you say so: {asks[0]}", _name_it(situation))
    if best.confirm and not (situation.seen or situation.chosen):
        what = best.service.caveats[0] if best.service.caveats else "who it acts as, or what it may do"
        raise Refused(f"the login of {best.service.name} changes more than the key: {what}", _name_it(situation))


def _refused(situation: Situation, best: Candidate) -> Refused:
    if best.standing is Standing.NONE:
        return Refused(f"{best.service.name}: {best.reasons[-1]}", LOCAL)
    first = next((each for each in best.blockers if each.firm), best.blockers[0])
    because = f" ({first.because})" if first.because else ""
    said = quote(f"{situation.found.entry.name}={best.url or 'https://…'}")
    hint = LOCAL if first.firm else f"{LOCAL} If you want the login all the same, say so: `--to oauth --remote {said}`."
    return Refused(f"not the login of {best.service.name}: {first.says}{because}", hint)


def _said(situation: Situation, facts: Facts, said: str) -> LoginAt | NeedsClient:
    """The address that the user says."""
    url = said or _own(situation)
    at_it = matches(facts._replace(address=url))
    service = at_it[0].service if len(at_it) == 1 and at_it[0].service.has_oauth else None
    found = blockers_anywhere(facts) if service is None else blockers(service, facts)
    _check_limits([each for each in found if each.firm])
    headers: tuple[tuple[str, str], ...] = ()
    if service is not None:
        limited = with_limits(service, url, facts)
        if isinstance(limited, str):
            raise Refused(f"{blocker('narrowed').says} ({limited})", LOCAL)
        url, headers = limited
    unknown = f"whether it offers a login only a probe can tell: unsprawl probe {quote(url)}"
    notes = [*_notes(service, ())] if service is not None else [unknown]
    notes += [each.says for each in found if not each.firm and each.kind not in ("client", "referenced")]
    events = service is not None and at_it[0].endpoint is not None and at_it[0].endpoint.transport == "sse"
    at = LoginAt(url, service, events, headers, tuple(notes))
    fits = [fit(service, host.id) for host in situation.hosts] if service is not None else []
    return next((NeedsClient(at, each.reason) for each in fits if each.works is False), at)


def _check_limits(found: Sequence[Blocker]) -> None:
    for each in found:
        because = f" ({each.because})" if each.because else ""
        hint = LOCAL if each.kind == "ci" else f"{LOCAL} If it may go, take it out of the entry first."
        raise Refused(f"{each.says}{because}", hint)


def _own(situation: Situation) -> str:
    """The address that the entry calls already, without what is a credential in it."""
    own = bare(address_of(situation.found))
    if not isinstance(own, Bare):
        raise Refused(f"its own address cannot be used: {own.reason}", _say_it(situation))
    if scheme_of(own.url) != "https" and host_of(own.url) not in LOOPBACK:
        raise Refused("its address is plain http, where a login could be read by others", "Use the https address.")
    return own.url


def _notes(service: Service, asks: Sequence[str]) -> Iterator[str]:
    """What is to be known before the login takes the place of the key."""
    yield from (f"mind: {each}" for each in asks)
    if service.migration != "auto":
        yield from service.caveats


def _same_address(situation: Situation, url: str) -> str:
    """Another entry of the same host that calls that address without a key, or ""."""
    entry, place = situation.found.entry, url.partition("?")[0].rstrip("/").lower()
    for other in situation.neighbours:
        mine = other.entry
        if (mine.path, mine.key_path) == (entry.path, entry.key_path) or other.findings or other.references:
            continue
        if set(mine.owners).isdisjoint(entry.owners):
            continue
        if address_of(other).partition("?")[0].rstrip("/").lower() == place:
            return mine.name
    return ""


def _name_it(situation: Situation) -> str:
    return f"Name it, if you want that: `--to oauth --entry {quote(situation.found.entry.name)}`."


def _probe_it(situation: Situation) -> str:
    """Of an entry that calls an address already."""
    name = quote(situation.found.entry.name)
    return f"If it offers a login (`unsprawl probe {name}` tells), say so: `--to oauth --remote {name}`."


def _say_it(situation: Situation, url: str = "") -> str:
    where = url if url and "{" in url else "https://…"
    return f"Say the address yourself: `--to oauth --remote {quote(f'{situation.found.entry.name}={where}')}`."
