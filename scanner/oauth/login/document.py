"""The client metadata document that the user logs in with: which redirect address of this machine it names."""

from __future__ import annotations

from urllib.parse import urlsplit

from unsprawl.scanner.oauth.metadata import parsed_or_none, strings
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.visit import Visit
from unsprawl.scanner.record import NamedTuple

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Named(NamedTuple):
    """What the document says."""

    callback: str
    """Its first redirect address on this machine; "" for none."""
    trouble: str
    """What an authorization server may refuse it for, in our own words; "" for nothing."""


async def named_callback(url: str, network: Network) -> Named:
    """Read the document, as an authorization server would."""
    visit = Visit(network, url, trusted=True)
    try:
        answer = await visit.send("GET", url, {"Accept": "application/json"})
    finally:
        await visit.close()
    loaded = parsed_or_none(answer.body) if answer.status == 200 and answer.fault is None else None
    if not isinstance(loaded, dict):
        return Named("", f"the client metadata document could not be read: {answer.told}")
    found = next((each for each in strings(loaded.get("redirect_uris")) if is_loopback(each)), "")
    if loaded.get("client_id") != url:
        return Named(found, "client_id of the client metadata document is not its own address")
    return Named(found, "" if found else "the client metadata document names no redirect address on this machine")


def is_loopback(url: str) -> bool:
    """Whether a redirect address is http on this machine, and nothing odd."""
    try:
        parts = urlsplit(url)
        fine = parts.hostname in LOOPBACK and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return fine and parts.scheme == "http" and not (parts.query or parts.fragment or parts.username)
