"""What a human does so that one host can log in at a server which takes registered clients only.

Pure: facts of the host, of the vendor and of the product that its logins are made with, put into sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.client_means import Means, means_of
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.logins import login_of
from unsprawl.scanner.oauth.clients import bridge_client
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import LISTED, KnownClient, Service
from unsprawl.scanner.remotes.registering import Registering

EXAMPLE_PORT = 8765
"""What stands for a port that the user chooses."""
_OFFERED = {"dcr": (False, True), "cimd": (True, False), "dcr-and-cimd": (True, True)}


_READ_IT = "begin a login, and read redirect_uri in the address that the browser is sent to"


class OwnClient(NamedTuple):
    """What is to be done for one host at one server."""

    host: str
    needed: bool | None
    """Whether a human must register a client; None where that is not known."""
    client_id: str
    """The one that the vendor publishes for this host, or ""."""
    callback_port: int | None
    """The port that goes with it."""
    redirects: tuple[str, ...]
    """To register, as they are: <port> is an example port. Others in <> are the host's own."""
    steps: tuple[str, ...]
    """Sentences for people, in their order. No secret is in them, and none asks to write one into a file."""
    sources: tuple[str, ...]


def own_client(
    host: Host,
    service: Service | None,
    issuer: str = "",
    offered: tuple[bool, bool] | None = None,
    name: str = "NAME",
) -> OwnClient:
    """What is to be done. `issuer`: the authorization server, where a probe saw it. `offered`: whether it takes client
    metadata documents, and dynamic registration, as a probe saw it; else the catalogue tells. `name`: of the entry.
    """
    means = means_of(host, name)
    made = register_at(service, issuer)
    known = _known(host, service)
    sources = made.sources
    if known is not None or (service is not None and host.id in service.works_in):
        by = service.name if service is not None else ""
        steps = tuple(_published(means, by, known)) if known is not None else (f"{by} lets {means.name} in.",)
        client_id, port = (known.client_id, known.callback_port) if known is not None else ("", None)
        return OwnClient(host.id, False, client_id, port, (), (*steps, *_login(means)), sources)
    listed = service is not None and service.registration in LISTED  # whatever its metadata say
    seen = offered if offered is not None or service is None else _OFFERED.get(service.registration)
    needed = True if listed else _needed(host, seen)
    if needed is False:
        steps = (f"{means.name} registers itself there.", *_login(means))
        return OwnClient(host.id, False, "", None, (), steps, ())
    if made.closed:
        return OwnClient(host.id, True, "", None, (), (made.closed, _stays(means)), sources)
    if needed and not listed and seen == (True, False):
        return OwnClient(host.id, True, "", None, (), tuple(_document(host, means)), ())
    sent = means.redirects if means.static is not False else ()
    redirects = tuple(each.replace("<port>", str(EXAMPLE_PORT)) for each in sent)
    vendor = service.name if service is not None else "the vendor"
    return OwnClient(
        host.id, needed, "", None, redirects, (*_doubt(host), *_steps(means, made, vendor, service)), sources
    )


def _known(host: Host, service: Service | None) -> KnownClient | None:
    return next((each for each in service.clients if each.host == host.id), None) if service is not None else None


def register_at(service: Service | None, issuer: str) -> Registering:
    """What the vendor's row says, over what its product says: the one that was seen, else the one in the row."""
    own = service.register if service is not None else Registering()
    named = (issuer, *(service.servers if service is not None else ()))
    product = next((found for found in map(login_of, named) if found is not None), None)
    return own.over(product.register) if product is not None else own


def _needed(host: Host, seen: tuple[bool, bool] | None) -> bool | None:
    if seen is None:
        return None
    bridge = bridge_client()
    cimd, dcr = (bridge.cimd, bridge.dcr) if host.needs_bridge else (host.oauth.cimd, host.oauth.dcr)
    can = [known for way, known in zip(seen, (cimd, dcr), strict=True) if way]
    if any(can):
        return False
    return None if None in can else True


def _doubt(host: Host) -> Iterator[str]:
    if host.remote is not None and (host.oauth.native is None or host.oauth.evidence == "unverified"):
        yield f"Whether {host.name} logs in by itself is not certain."


def _published(means: Means, vendor: str, known: KnownClient) -> Iterator[str]:
    yield f"Nothing is to be registered: {vendor} publishes a client id for {means.name}, {known.client_id}."
    port = f", and the port {known.callback_port} as {means.port}" if known.callback_port and means.port else ""
    yield f"Write it into the entry as {means.client_id}{port}."


def _document(host: Host, means: Means) -> Iterator[str]:
    yield f"The server takes client metadata documents alone, and {means.name} is not known to have one."
    if not means.document:
        yield _stays(means)
        return
    yield f"Write one with `unsprawl probe --cimd-for {host.id} --at https://...`, and publish it at that address."
    yield f"Tell {means.name} the address as its client id: {means.document}."
    yield from _login(means)


def _steps(means: Means, made: Registering, vendor: str, service: Service | None) -> Iterator[str]:
    if means.static is False:
        yield f"{means.name} takes no client that somebody registered."
        yield _stays(means)
        return
    where = f"in {made.where}" if made.where else f"with {vendor}"
    yield f"Register {made.what or 'a client'} {where}."
    if service is not None and service.scopes:
        yield f"Its scopes: {', '.join(service.scopes)}."
    yield from made.steps
    yield from _redirects(means)
    if means.client_id:
        port = f", and the port as {means.port}" if means.port and "<port>" in "".join(means.redirects) else ""
        yield f"Tell {means.name} the client id: {means.client_id}{port}."
    else:
        yield f"Where {means.name} is told a client id is not known."
    yield from _secret(means, made.secret)
    yield from _login(means)


def _redirects(means: Means) -> Iterator[str]:
    if not means.redirects:
        if means.redirect:
            example = f"http://127.0.0.1:{EXAMPLE_PORT}/callback"
            yield (
                f"Choose a redirect address on this machine, say {example}: give it to the client, and to {means.name} "
                f"as {means.redirect}."
            )
        else:
            yield f"Which redirect address {means.name} sends is not known: {_READ_IT}."
        return
    shown = [each.replace("<port>", str(EXAMPLE_PORT)) for each in means.redirects]
    told = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    yield f"Give it the redirect address{'es' if len(shown) > 1 else ''} {told}, to the letter."
    if any("<port>" in each for each in means.redirects):
        fixes = f"; {means.port or means.redirect} keeps it the same" if means.port or means.redirect else ""
        yield f"{EXAMPLE_PORT} is an example: any free port will do{fixes}."
    own = next((each[each.index("<") :] for each in shown if "<" in each), "")
    if own:
        yield f"Only {means.name} knows {own}: {_READ_IT}."


def _secret(means: Means, given: str) -> Iterator[str]:
    if given == "optional":
        yield "Make it a public client, with PKCE and without a client secret."
        return
    when = "The client secret belongs" if given == "needed" else "If there is a client secret, it belongs"
    if means.secret:
        yield f"{when} into no file: {means.secret}."
    elif means.secret_key:
        yield (
            f"{when} into no file, and {means.name} takes one only from its own, as {means.secret_key}: a client with "
            "a secret would put one secret in the place of another."
        )
    else:
        yield f"{when} into no file; how {means.name} takes one is not known."


def _stays(means: Means) -> str:
    return f"So {means.name} stays with a key here: `unsprawl migrate` takes it out of the file."


def _login(means: Means) -> Iterator[str]:
    if means.login:
        yield f"Log in: {means.login}."
    else:
        yield f"Log in: {means.name} asks for it when it first calls the server."
