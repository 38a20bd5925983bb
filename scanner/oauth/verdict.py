"""What all that was seen comes to, in one word and one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from unsprawl.scanner.oauth.answer import Fault
from unsprawl.scanner.oauth.attempt import Way
from unsprawl.scanner.oauth.endpoint_checks import accepts_anything, is_open
from unsprawl.scanner.oauth.metadata import may_pass
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.registration_checks import has_cimd, has_dcr, may_be_front, registers
from unsprawl.scanner.oauth.result import Check, Result
from unsprawl.scanner.oauth.server_checks import has_default_endpoint
from unsprawl.scanner.record import NamedTuple


class Kind(StrEnum):
    """The words of the contract."""

    READY = "ready"
    WARNINGS = "ready-with-warnings"
    NEEDS_CLIENT = "needs-client"
    LEGACY = "legacy"
    STATIC_KEY = "static-key"
    OPEN = "open"
    BROKEN = "broken"
    INCONCLUSIVE = "inconclusive"


class Verdict(NamedTuple):
    """The verdict on one server."""

    kind: Kind
    reason: str
    """Our own words."""
    unseen: tuple[str, ...] = ()
    """What no look from outside can tell, where it would matter."""


_HOSTILE = {
    "A04": "its authorization endpoint is no address to open",
    "P06": "it points clients to an address that is not followed",
    "A02": "its authorization server calls itself something else than the server does",
    "P03": "its metadata is about another address",
}
_UNSEEN = (
    "registration and login: nothing was registered and nobody logged in",
    "whether PKCE is enforced, redirect URIs are matched exactly and the resource parameter is taken",
    "whether tokens are checked for their audience",
    "how the server authenticates to what lies behind it",
)
_UNSEEN_AFTER_A_TRY = (
    "login: nobody logged in",
    "whether the token endpoint enforces PKCE and takes the resource parameter",
    *_UNSEEN[2:],
)
_DOCUMENTS = "whether client metadata documents are taken: that needs a public one"
_AFTER_A_PAGE = "what follows the page that comes first: a login, consent, or another provider behind it"


_UNSEEN_OF_OPEN = (
    "whether a tool needs a key after all: none was called",
    "how the server authenticates to what lies behind it",
)
_FRONT = "whether it stands in front of another provider: its login is on its own origin, which is a hint"


def verdict(seen: Observed, results: Iterable[Result]) -> Verdict:
    """The first rule that fits."""
    found = _first_that_fits(seen, results)
    return found._replace(unseen=_unseen(seen)) if found.unseen == _UNSEEN else found


def _unseen(seen: Observed) -> tuple[str, ...]:
    done = seen.attempt
    if done is None or done.not_tried:
        told = list(_UNSEEN)
    elif done.last is not None and done.last.goes_on:
        told = list(_UNSEEN_AFTER_A_TRY)
    else:
        why = "no client could be registered" if done.refused else "the try came to no end"
        told = [f"login: {why}, and nobody logged in", *_UNSEEN[1:]]
    if done is not None and has_cimd(seen):
        told.append(_DOCUMENTS)
    last = done.last if done is not None else None
    if last is not None and last.way in (Way.PAGE, Way.OWN):
        told.append(_AFTER_A_PAGE)
    elif may_be_front(seen) and (last is None or not last.goes_on):
        told.append(_FRONT)
    return tuple(told)


def _first_that_fits(seen: Observed, results: Iterable[Result]) -> Verdict:
    failed = {each.check.id: each for each in results if each.failed}
    if "T01" in failed:
        return Verdict(Kind.BROKEN, "plain http to another machine, where anybody on the way reads the token")
    if "T02" in failed:
        return Verdict(Kind.INCONCLUSIVE, _no_answer(seen))
    if "T04" in failed:
        return Verdict(Kind.BROKEN, "no MCP server answers at this address")
    if accepts_anything(seen):
        return Verdict(Kind.BROKEN, "it takes any token, also one that nobody issued")
    for check, why in _HOSTILE.items():
        if check in failed and failed[check].severity == "block":
            return Verdict(Kind.BROKEN, f"hostile or misconfigured: {why}")
    if is_open(seen) and not seen.prm and not seen.asks_later:
        return Verdict(Kind.OPEN, "it answers without a token; no secret is needed", _UNSEEN_OF_OPEN)
    return _of_login(seen, failed)


def _no_answer(seen: Observed) -> str:
    if seen.first.fault is Fault.UNSAFE:
        where = "" if seen.target.trusted else ", and a project's file names it. Give it to probe yourself"
        return f"not called: the address {seen.first.reason}{where}"
    return f"no usable answer: {seen.first.told}"


def _of_login(seen: Observed, failed: Mapping[str, Result]) -> Verdict:
    """For a server that wants a token."""
    last = [seen.tried_origin] if seen.tried_origin is not None else []
    if seen.server is None and (may_pass([*(seen.tried_server or seen.tried_resource), *last]) or not seen.ended):
        return Verdict(Kind.INCONCLUSIVE, "its metadata could not be read today")
    old = seen.legacy or (seen.resource is None and seen.server is None)
    blocking = [each for each in failed.values() if each.severity == "block" and _keeps_out(each.check, old=old)]
    if blocking:
        ids = ", ".join(each.check.id for each in blocking)
        return Verdict(Kind.BROKEN, f"a client cannot or must not log in ({ids})")
    if seen.resource is None and seen.server is None:
        return _without_metadata(seen)
    if seen.legacy:
        return Verdict(Kind.LEGACY, "only clients of revision 2025-03-26 find its login, and others may not", _UNSEEN)
    if not has_cimd(seen) and not registers(seen):
        refused = "its registration endpoint refuses clients: one" if has_dcr(seen) else "a client"
        return Verdict(Kind.NEEDS_CLIENT, f"{refused} must be registered with the vendor by hand first", _UNSEEN)
    if any(each.severity != "note" for each in failed.values()):
        return Verdict(Kind.WARNINGS, "a login is offered; not every host may get through", _UNSEEN)
    return Verdict(Kind.READY, "a login is offered as the specification says", _UNSEEN)


def _keeps_out(check: Check, *, old: bool) -> bool:
    """Whether a server that fails it is broken for clients.

    What is wrong with the entry alone is no fault of the server, and a registration that is refused leaves the one by
    hand. Of an old server only what a client met with counts.
    """
    if check.id == "R04":
        return False
    return check.phase == "active" if old else check.phase != "static"


def _without_metadata(seen: Observed) -> Verdict:
    bearer = seen.challenges.bearer is not None
    asks = seen.asks or seen.asks_later
    if asks and has_default_endpoint(seen) and (bearer or not seen.challenges.all):
        return Verdict(
            Kind.LEGACY, "no metadata, but an endpoint /authorize, as revision 2025-03-26 allowed it", _UNSEEN
        )
    if seen.attempt is not None and seen.attempt.client is not None:
        return Verdict(Kind.LEGACY, "no metadata, but it registers clients, as revision 2025-03-26 allowed it", _UNSEEN)
    if seen.target.keyed or (asks and not bearer):
        return Verdict(Kind.STATIC_KEY, "no login is offered: it wants a key, which is best kept in the vault")
    if asks:
        return Verdict(Kind.BROKEN, "it asks for a token, and nothing says where to get one")
    return Verdict(Kind.BROKEN, "it refuses without asking for a token, so that no client starts a login")


def worst(verdicts: Sequence[Verdict]) -> Kind | None:
    """BROKEN, else INCONCLUSIVE, where one of them is."""
    kinds = {each.kind for each in verdicts}
    return next((kind for kind in (Kind.BROKEN, Kind.INCONCLUSIVE) if kind in kinds), None)
