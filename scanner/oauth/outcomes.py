"""Host by host: whether it will stop at a server, and why, as far as its behaviour is known."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.oauth.addresses import Place, origin_of, place_of
from unsprawl.scanner.oauth.client_checks import accepts
from unsprawl.scanner.oauth.clients import Client, clients
from unsprawl.scanner.oauth.metadata import has_path, resource_places, same_place
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.redirects import shape_of
from unsprawl.scanner.oauth.registration_checks import has_cimd, registers
from unsprawl.scanner.oauth.resource_checks import resource_is_behind_redirect
from unsprawl.scanner.oauth.spelling import relation
from unsprawl.scanner.oauth.verdict import Kind, Verdict
from unsprawl.scanner.record import NamedTuple

STOPS, MAYBE = "stops", "maybe"


class Outcome(NamedTuple):
    """One host or library at one server."""

    client: Client
    works: bool | None
    """True: nothing was seen that stops it. None: not known, or it depends on the user."""
    reason: str


class _Obstacle(NamedTuple):
    sure: bool
    reason: str


def outcomes(seen: Observed, verdict: Verdict) -> tuple[Outcome, ...]:
    """Every client of which something is known."""
    return tuple(_outcome(client, seen, verdict) for client in clients())


def _outcome(client: Client, seen: Observed, verdict: Verdict) -> Outcome:
    match verdict.kind:
        case Kind.INCONCLUSIVE:
            return Outcome(client, None, "too little was seen")
        case Kind.OPEN:
            return Outcome(client, True, "no login is needed")
        case Kind.STATIC_KEY:
            return Outcome(client, False, "no login is offered")
        case Kind.BROKEN if _root_only(seen) and client.root_metadata:
            return Outcome(client, None, "finds the metadata at the root all the same")
        case Kind.BROKEN:
            return Outcome(client, False, verdict.reason)
        case _:
            return _weighed(client, list(_obstacles(client, seen)))


def _weighed(client: Client, obstacles: list[_Obstacle]) -> Outcome:
    sure = [each.reason for each in obstacles if each.sure]
    if sure and not client.reported_only:
        return Outcome(client, False, "; ".join(sure))
    if obstacles:
        told = "; ".join(each.reason for each in obstacles)
        return Outcome(client, None, f"{told} (by reports)" if client.reported_only and sure else told)
    return Outcome(client, True, "nothing was seen that stops it")


def _obstacles(client: Client, seen: Observed) -> Iterator[_Obstacle]:
    if seen.transport == "sse":
        yield _Obstacle(False, "the server speaks HTTP+SSE only, which hosts drop")
    if not seen.asks and seen.prm:
        yield _Obstacle(False, "may wait for a 401 that never comes: start its login by hand")
    if seen.era == "stateless":
        yield _Obstacle(False, "the server speaks the stateless revision only")
    yield from _of_challenge(client, seen)
    if _page_first(seen) and client.named_metadata_fails != "goes-on":
        yield _Obstacle(False, "may stop at what stands, with 200, where the metadata should be")
    yield from _of_spelling(client, seen)
    if seen.legacy and client.without_metadata != "goes-on":
        known = client.without_metadata == "stops"
        yield _Obstacle(known, "needs protected resource metadata" if known else "may need protected resource metadata")
    if seen.metadata.get("code_challenge_methods_supported") is None and client.no_pkce_list != "goes-on":
        sure = client.no_pkce_list == "stops"
        yield _Obstacle(sure, "refuses" if sure else "may refuse, as it should, where no PKCE method is listed")
    yield from _of_registration(client, seen)


def _of_challenge(client: Client, seen: Observed) -> Iterator[_Obstacle]:
    bearer = seen.challenges.bearer
    named = bearer.get("resource_metadata") if bearer is not None else None
    if seen.challenges.fault:
        yield _Obstacle(False, "may read the malformed challenge otherwise")
    if named is None or seen.legacy:
        return
    if not isinstance(place_of(named), Place):
        yield from _known(client.relative_metadata, "reads", "cannot use a relative resource_metadata")
    elif origin_of(named) != origin_of(seen.endpoint):
        yield from _known(client.foreign_metadata, "reads", "takes resource_metadata from the server's own origin only")
    tried = next((each for each in seen.tried_resource if each.source == "header"), None)
    if tried is not None and tried.document is None:
        yield from _known(
            client.named_metadata_fails, "goes-on", "looks nowhere else when the named resource_metadata is not there"
        )
    elsewhere = tried is not None and not any(
        same_place(tried.answer.url, url) for _, url in resource_places(seen.target.url, seen.endpoint)
    )
    if elsewhere and client.asks in ("GET", "HEAD"):
        yield _Obstacle(False, f"asks with {client.asks}, and may not see the challenge that names the metadata")


def _page_first(seen: Observed) -> bool:
    """Whether something else than metadata is at the place where a client looks before it comes to the metadata."""
    before = (each for each in seen.tried_resource if each is not seen.resource and each.source == "path")
    return seen.resource is not None and any(each.document is None and each.answer.status == 200 for each in before)


def _known(fact: str, good: str, why: str) -> Iterator[_Obstacle]:
    if fact != good:
        yield _Obstacle(bool(fact), why if fact else f"it is not known whether it {why}")


def _of_spelling(client: Client, seen: Observed) -> Iterator[_Obstacle]:
    written = seen.issuer_written
    if isinstance(written, str) and seen.issuer and written != seen.issuer:
        root = not has_path(written) and not has_path(seen.issuer)
        if client.issuer == "exact" or (client.issuer == "root-slash" and not root):
            yield _Obstacle(True, "compares issuer character by character, and a slash differs")
        elif not client.issuer:
            yield _Obstacle(False, "may compare issuer character by character, and a slash differs")
    resource = seen.prm.get("resource")
    if resource_is_behind_redirect(seen):
        yield _Obstacle(
            False, "may want resource to be the configured address: write the one behind the redirect there"
        )
        return
    kind = relation(resource, seen.target.url) if isinstance(resource, str) else "same"
    if kind in ("slash", "spelling", "parent") and not _normalised_alike(resource, seen.target.url):
        if client.resource == "equal":
            yield _Obstacle(True, "wants resource to be the very address of the server")
        elif not client.resource:
            yield _Obstacle(False, "may want resource to be the very address of the server")


def _normalised_alike(one: object, other: str) -> bool:
    """Whether a URL parser makes the same of both: only the slash behind an origin may differ."""
    return isinstance(one, str) and place_of(one) == place_of(other)


def _of_registration(client: Client, seen: Observed) -> Iterator[_Obstacle]:
    if not has_cimd(seen) and not registers(seen):
        if seen.legacy:
            yield _Obstacle(False, "needs a client id, and none can be had without a human")
        else:
            where = client.client_id or "where it is written is not known"
            yield _Obstacle(False, f"needs the id of a registered client: {where}")
        return
    ways = [(client.cimd, has_cimd(seen)), (client.dcr, registers(seen))]
    if any(can and offered for can, offered in ways):
        done = seen.attempt
        if done is not None and not (client.cimd and has_cimd(seen)) and accepts(done, client) is False:
            # Of a host with several it is not known whether it registers all of them, or one will do.
            alone = len(shape_of(client, done.port)) == 1
            yield _Obstacle(alone, f"{'its' if alone else 'a'} redirect address is refused at registration")
        return
    sure = all(can is not None for can, offered in ways if offered)
    only = "client metadata documents" if has_cimd(seen) else "dynamic registration"
    yield _Obstacle(sure, f"{'does not know' if sure else 'may not know'} {only}, the only way that is offered")


def _root_only(seen: Observed) -> bool:
    return (
        bool(seen.tried_server)
        and seen.tried_server[-1].source == "wrong-root"
        and bool(seen.tried_server[-1].document)
    )
