"""The way out: names resolved once, proxies of the environment, trusted certificates, and who was connected to.

One for a whole run, however many servers it asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from unsprawl.scanner.oauth.addresses import (
    Place,
    Reach,
    is_forbidden_name,
    is_loopback_name,
    is_number,
    old_number,
    reach_of,
)
from unsprawl.scanner.record import NamedTuple

if TYPE_CHECKING:
    import asyncio
    import ssl

    import httpx


class Route(NamedTuple):
    """How to get to a place."""

    addresses: tuple[str, ...]
    """To try in this order; () where a proxy resolves the name, or nobody could."""
    reach: Reach
    proxy: str = ""

    def __repr__(self) -> str:  # a proxy's address may hold a password
        return f"Route({len(self.addresses)}, {self.reach.name})"


class Network:
    """What all probes of one run share."""

    def __init__(self, announce: Callable[[str], None], roots: Callable[[], ssl.SSLContext]) -> None:
        """`announce` is told each origin before the first connection to it; `roots` gives whose certificates count."""
        self._announce = announce
        self._roots = roots
        self._announced: set[str] = set()
        self._names: dict[tuple[str, int], asyncio.Future[tuple[str, ...]]] = {}
        self._context: ssl.SSLContext | None = None
        self._nobody: ssl.SSLContext | None = None

    async def route(self, place: Place) -> Route:
        """The way to a place. A name that resolves to several addresses is as near as the nearest of them.

        Says where it goes before it even looks the name up, once for each origin.
        """
        proxy = _proxy_for(place)
        if place.origin not in self._announced:
            self._announced.add(place.origin)
            self._announce(f"{place.origin}{' through the proxy' if proxy else ''}")
        if proxy and not is_number(place.host):
            return Route((), by_name(place), proxy)
        addresses = (place.host,) if is_number(place.host) else await self._resolved(place.host, place.port)
        return Route(addresses, max((by_name(place), *map(reach_of, addresses))), proxy)

    async def _resolved(self, host: str, port: int) -> tuple[str, ...]:
        import asyncio

        waiting = self._names.get((host, port))
        if waiting is None:
            loop = asyncio.get_running_loop()
            waiting = self._names[host, port] = loop.create_future()
            # A thread of its own: the pool that asyncio has for this is small, and waits for hung look-ups at exit.
            threading.Thread(target=_resolve, args=(host, port, loop, waiting), daemon=True).start()
        return await asyncio.shield(waiting)

    def transport(self, proxy: str, *, secure: bool) -> httpx.AsyncHTTPTransport:
        """A pool of connections for one host. Raises ValueError or ImportError for a proxy that cannot be used."""
        import ssl

        import httpx

        if secure or proxy:
            context = self._context = self._context or self._roots()
        else:  # plain http to this machine: nobody needs to be trusted, which takes 20 ms
            context = self._nobody = self._nobody or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=5)
        through = httpx.Proxy(proxy) if proxy else None
        return httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits, proxy=through)


def by_name(place: Place) -> Reach:
    """From where a place can be reached, as far as its name alone tells."""
    if is_forbidden_name(place.host):
        return Reach.NEVER
    if is_number(place.host):
        return reach_of(place.host)
    if (number := old_number(place.host)) is not None:  # who looks it up, here or in a proxy, may read it as one
        return reach_of(number)
    return Reach.LOOPBACK if is_loopback_name(place.host) else Reach.PUBLIC


def _proxy_for(place: Place) -> str:
    """The proxy that the environment wants for a place; never for this machine itself."""
    from urllib.request import getproxies, proxy_bypass

    if is_loopback_name(place.host):
        return ""
    known = getproxies()
    proxy = known.get(place.scheme) or known.get("all") or ""
    if not proxy or proxy_bypass(f"{place.host}:{place.port}") or proxy_bypass(place.host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _resolve(host: str, port: int, loop: asyncio.AbstractEventLoop, waiting: asyncio.Future[tuple[str, ...]]) -> None:
    import socket
    from contextlib import suppress

    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    except (OSError, UnicodeError):
        addresses = ()

    def tell() -> None:
        if not waiting.done():
            waiting.set_result(addresses)

    with suppress(RuntimeError):  # the run is over, and nobody waits any more
        loop.call_soon_threadsafe(tell)
