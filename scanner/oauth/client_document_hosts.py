"""Which hosts could use a client ID metadata document: whether it lists what they send, and how they are told of it."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.oauth.addresses import Place, place_of
from unsprawl.scanner.oauth.client_document import ClientDocument
from unsprawl.scanner.oauth.client_document_content import is_loopback
from unsprawl.scanner.oauth.clients import bridge_client
from unsprawl.scanner.record import NamedTuple

_VARIES = "only at servers that let the port of this machine's addresses vary (RFC 8252 7.3)"


class User(NamedTuple):
    """One host, or the bridge. `works` is None where it depends on the server, or is not known."""

    id: str
    name: str
    works: bool | None
    reason: str


class _Sender(NamedTuple):
    id: str
    name: str
    own: bool
    """The document is the one that it sends without being told."""
    told: str
    """Where the address of a document is written; "": nowhere that is known."""
    redirects: tuple[str, ...]
    port: str
    redirect: str


def users(document: ClientDocument) -> tuple[User, ...]:
    """All hosts that log in by themselves and of which enough is known, and the bridge for the others."""
    return tuple(_user(each, document) for each in _senders(document.subject))


def _senders(address: str) -> Iterator[_Sender]:
    for each in hosts():
        own = bool(each.oauth.cimd_url) and each.oauth.cimd_url == address
        told = ".".join(each.oauth.document or each.oauth.client_id)
        if each.oauth.native and not each.needs_bridge and not each.rewrite_refused and (own or told):
            yield _sender(each, own, told)
    bridge = bridge_client()
    yield _Sender("mcp-remote", bridge.name, False, bridge.document, (bridge.redirect_uri,), bridge.fixed_port, "")


def _sender(host: Host, own: bool, told: str) -> _Sender:
    login = host.oauth
    return _Sender(
        host.id, host.name, own, told, login.redirects, login.callback_port_told, ".".join(login.redirect_uri)
    )


def _user(sender: _Sender, document: ClientDocument) -> User:
    method = document.data.get("token_endpoint_auth_method") if document.data is not None else None
    if method not in ("none", None):
        return User(
            sender.id, sender.name, False, "it has no key to prove itself with: token_endpoint_auth_method must be none"
        )
    works, reason = _covered(sender, document)
    if works is not False:
        where = "it is its own" if sender.own else f"with its address as {sender.told}"
        reason = f"{where}{'; ' if works is None else ', '}{reason}" if reason else where
    return User(sender.id, sender.name, works, reason)


def _covered(sender: _Sender, document: ClientDocument) -> tuple[bool | None, str]:
    """Whether one of the listed addresses is the one that it sends, and with what."""
    listed = document.redirects
    near = next((url for url in listed if is_loopback(url) and _port_of(url)), "") if sender.redirect else ""
    if not sender.redirects:
        return (
            None,
            f"if it takes {near} as {sender.redirect}" if near else "which redirect address it sends is not known",
        )
    if any(each in listed for each in sender.redirects):
        return True, ""
    pattern = sender.redirects[0]
    if "<id" in pattern:
        return False, "it sends a redirect address of its own for each server, which no list can hold"
    same = [url for url in listed if _alike(pattern, url)]
    fixed = next(filter(_port_of, same), "")
    if fixed and sender.port and "<port>" in pattern:
        return True, f"and port {_port_of(fixed)} as {sender.port}"
    if fixed and sender.redirect:
        return True, f"and {fixed} as {sender.redirect}"
    if same:
        return None, _VARIES
    if near:
        return None, f"if it takes {near} as {sender.redirect}"
    return False, f"its redirect address is not listed: {pattern}"


def _alike(pattern: str, url: str) -> bool:
    """Whether two addresses of this machine differ in nothing but the port."""
    other, place = place_of(pattern.replace(":<port>", "")), place_of(url)
    if not isinstance(other, Place) or not isinstance(place, Place) or not is_loopback(url):
        return False
    return (other.scheme, other.host, other.target) == (place.scheme, place.host, place.target)


def _port_of(url: str) -> str:
    """The port as written, "" where there is none."""
    last = url.partition("://")[2].partition("/")[0].rpartition(":")[2]
    return last if last.isdecimal() else ""
