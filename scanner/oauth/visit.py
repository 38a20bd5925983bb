"""The requests of one probe: each judged, bounded and noted. No credential, no cookie, no redirect on its own."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from unsprawl import __version__
from unsprawl.scanner.oauth.addresses import Place, Reach, Unsafe, is_number, joined, place_of
from unsprawl.scanner.oauth.answer import CONNECT_S, MOST_BYTES, MOST_REDIRECTS, REQUEST_S, Answer, Fault
from unsprawl.scanner.oauth.network import Network, Route, by_name

if TYPE_CHECKING:
    import httpx

REDIRECTS = (301, 302, 303, 307, 308)
_SAYS_ENOUGH = (*REDIRECTS, 401, 403, 429)
"""Statuses that need no body: one that never ends would only hold us up."""
EVENTS = "text/event-stream"
_MOST_OF_A_STREAM = 64 << 10
_MOST_CHUNKS = 20_000
"""A body in single bytes costs the one who reads it a thousand times what it costs the one who sends it."""
_SMALL = 16 << 10
"""A body of a known length up to this is read all the same, so that the connection can be used again."""
_MOST_ADDRESSES = 3
_REACHES = {
    Reach.PRIVATE: "leads into a private network",
    Reach.LOOPBACK: "leads to this machine",
    Reach.NEVER: "is link-local, or belongs to no server",
}
NOT_SECURE = "is http, not https"
Enough = Callable[[bytearray], bool]


class Visit:
    """All that is asked for the sake of one MCP server."""

    def __init__(self, network: Network, begin: str, *, trusted: bool, whole: bool = False) -> None:
        """`begin` is the server's address. `trusted`: the user typed it, or keeps it in a file of their own.

        `whole`: the body of every answer is wanted, and none is kept.
        """
        self._network = network
        self._begin = place_of(begin)
        self._trusted = trusted
        self._whole = whole
        self._near = Reach.PUBLIC
        """Discovered places may be public, or of the kind that the server itself is of."""
        self._pools: dict[tuple[str, str, int], httpx.AsyncHTTPTransport] = {}
        self.answers: list[Answer] = []
        """In their order, without their bodies."""

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", enough: Enough | None = None
    ) -> Answer:
        """One request; a redirect is an answer like others. `enough` says of a body's beginning that it will do."""
        answer = await self._bounded(method, url, headers, body, enough)
        if not self._whole:
            self.answers.append(answer._replace(body=b""))
        return answer

    async def get(self, url: str) -> Answer:
        """A document; redirects are followed when each of them leads to a safe place."""
        seen = [url]
        while True:
            answer = await self.send("GET", url, {"Accept": "application/json"})
            onward = answer.header("location") if answer.status in REDIRECTS else ""
            if not onward:
                return answer._replace(hops=tuple(seen[1:]))
            url = joined(url, onward)
            if url in seen or len(seen) > MOST_REDIRECTS:
                self.answers[-1] = answer._replace(fault=Fault.REDIRECTS, hops=tuple(seen[1:]))
                return self.answers[-1]
            seen.append(url)

    def judge(self, url: str) -> str:
        """Why an address must not be called, or "", as far as can be told without looking its name up."""
        place = place_of(url)
        return place.reason if isinstance(place, Unsafe) else self._refused(place, by_name(place))

    async def _bounded(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, enough: Enough | None
    ) -> Answer:
        import asyncio

        import httpx

        place = place_of(url)
        if isinstance(place, Unsafe) or (reason := self._refused(place, by_name(place))):
            return Answer(url, fault=Fault.UNSAFE, reason=place.reason if isinstance(place, Unsafe) else reason)
        partial = [Answer(url)]
        try:
            async with asyncio.timeout(REQUEST_S):
                return await self._asked(method, url, place, headers, body, enough, partial)
        except httpx.ConnectTimeout:
            return partial[0]._replace(fault=Fault.CONNECT)
        except (TimeoutError, httpx.TimeoutException):
            return partial[0]._replace(fault=Fault.SLOW)
        except httpx.HTTPError as error:
            return partial[0]._replace(fault=_fault_of(error))
        except httpx.InvalidURL:
            return partial[0]._replace(fault=Fault.BROKEN)
        except (ValueError, ImportError):  # of httpx: a proxy of a kind that it does not know
            return partial[0]._replace(fault=Fault.PROXY)

    async def _asked(
        self,
        method: str,
        url: str,
        place: Place,
        headers: Mapping[str, str],
        body: bytes,
        enough: Enough | None,
        partial: list[Answer],
    ) -> Answer:
        route = await self._network.route(place)
        if reason := self._refused(place, route.reach):
            return Answer(url, fault=Fault.UNSAFE, reason=reason)
        if not route.addresses and not route.proxy:
            return Answer(url, fault=Fault.NAME)
        if place == self._begin:
            self._near = route.reach
        response = await self._connected(method, place, route, headers, body)
        try:
            names = [(name.decode("latin-1").lower(), text.decode("latin-1")) for name, text in response.headers.raw]
            partial[0] = answer = Answer(url, response.status_code, tuple(names))
            length = answer.header("content-length")
            small = length.isdecimal() and len(length) < 6 and int(length) <= _SMALL
            if answer.status in _SAYS_ENOUGH and not small and not self._whole:
                return answer
            whole, fault = await _body(response, enough if answer.media_type == EVENTS else None)
            data, unpacked = _unpacked(whole, answer.header("content-encoding"))
            return answer._replace(body=data, fault=fault or (None if unpacked else Fault.LONG))
        finally:
            await response.aclose()

    def _refused(self, place: Place, reach: Reach) -> str:
        """Why a place must not be called, or ""."""
        own = self._trusted and isinstance(self._begin, Place) and place.origin == self._begin.origin
        if reach is Reach.NEVER or (reach not in (Reach.PUBLIC, self._near) and not own):
            return _REACHES[reach]
        if place.scheme == "http" and reach is not Reach.LOOPBACK:
            return NOT_SECURE
        return ""

    async def _connected(
        self, method: str, place: Place, route: Route, headers: Mapping[str, str], body: bytes
    ) -> httpx.Response:
        import httpx

        sent = {
            "Host": place.authority,
            "User-Agent": f"unsprawl/{__version__}",
            "Accept-Encoding": "identity",
            **headers,
            **({"Content-Length": str(len(body))} if method == "POST" else {}),
        }
        times = {"connect": CONNECT_S, "read": REQUEST_S, "write": REQUEST_S, "pool": REQUEST_S}
        more: dict[str, Any] = {"timeout": times}
        path: dict[str, Any] = {"raw_path": place.target.encode("ascii")} if route.proxy else {}
        if not route.proxy:  # which would take these for what it is asked itself
            more["target"] = place.target.encode("ascii")
            if not is_number(place.host):
                more["sni_hostname"] = place.host
        pool = self._pool(place, route.proxy)
        # Straight to an address that was judged: between a look at a name and a second look it may have changed.
        hosts = [place.host] if route.proxy else route.addresses[:_MOST_ADDRESSES]
        for number, host in enumerate(hosts, 1):
            where = httpx.URL(scheme=place.scheme, host=host, port=place.port, **path)
            try:
                return await pool.handle_async_request(
                    httpx.Request(method, where, headers=sent, content=body or None, extensions=more)
                )
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(hosts):
                    raise
        raise AssertionError

    def _pool(self, place: Place, proxy: str) -> httpx.AsyncHTTPTransport:
        """One for each host: connections are found again by their address, and one address may be many hosts'."""
        key = (place.scheme, place.host, place.port)
        if key not in self._pools:
            self._pools[key] = self._network.transport(proxy, secure=place.scheme == "https")
        return self._pools[key]


async def _body(response: httpx.Response, enough: Enough | None) -> tuple[bytes, Fault | None]:
    """At most so much as one may say; the fault where there is more. `enough`: it is a stream, which may never end."""
    body = bytearray()
    most = MOST_BYTES if enough is None else _MOST_OF_A_STREAM
    chunks = 0
    async for chunk in response.aiter_raw():
        body += chunk
        chunks += 1
        if enough is not None and b"\n" in chunk and enough(body):
            break
        if len(body) > most or chunks > _MOST_CHUNKS:
            return b"", Fault.LONG
    return bytes(body), None


def _unpacked(data: bytes, encoding: str) -> tuple[bytes, bool]:
    """The body unpacked, though we asked for it plain, and whether that is all of it."""
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return data, True
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # some mean by deflate the bare stream, and clients read it
        unpacker = zlib.decompressobj(wbits=bits)
        try:
            plain = unpacker.decompress(data, MOST_BYTES)
        except zlib.error:
            continue
        return plain, not unpacker.unconsumed_tail
    return b"", True


def _fault_of(error: BaseException) -> Fault:
    import ssl

    import httpx

    cause: BaseException | None = error
    for _ in range(8):
        if isinstance(cause, ssl.SSLError):
            return Fault.TLS
        cause = cause.__cause__ or cause.__context__ if cause is not None else None
    if isinstance(error, httpx.ProxyError):
        return Fault.PROXY
    return Fault.CONNECT if isinstance(error, httpx.ConnectError | httpx.ReadError | httpx.WriteError) else Fault.BROKEN
