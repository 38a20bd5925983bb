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

    def __init__(
        self, network: Network, begin: str, *, trusted: bool, near: Reach = Reach.PUBLIC, whole: bool = False
    ) -> None:
        """`begin` is the server's address. `trusted`: the user typed it, or keeps it in a file of their own. `near`:
        from where it can be reached, where an earlier visit has seen that. `whole`: the body of every answer is wanted,
        and no answer is noted.
        """
        self._network = network
        self._begin = place_of(begin)
        self._trusted = trusted
        self._near = near
        self._whole = whole
        """Discovered places may be public, or of the kind that the server itself is of."""
        self._pools: dict[tuple[str, str, int], httpx.AsyncHTTPTransport] = {}
        self._singles: list[httpx.AsyncHTTPTransport] = []
        self.answers: list[Answer] = []
        """In their order, without their bodies."""

    @property
    def near(self) -> Reach:
        """From where the server can be reached, as far as that was seen."""
        return self._near

    async def close(self) -> None:
        for pool in (*self._pools.values(), *self._singles):
            await pool.aclose()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", enough: Enough | None = None
    ) -> Answer:
        """One request; a redirect is an answer like others. `enough` says of a body's beginning that it will do."""
        answer = await self._bounded(method, url, headers, body, enough)
        self._note(answer._replace(body=b""))
        return answer

    async def confide(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """As `send`, where the answer may hold a secret: what is noted has nothing of it. Over a connection of its own,
        so that nothing is ever sent twice.
        """
        answer = await self._bounded(method, url, headers, body, None, alone=True)
        self._note(answer._replace(headers=(), body=b""))
        return answer

    def _note(self, answer: Answer) -> None:
        if not self._whole:
            self.answers.append(answer)

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

    async def stream(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", seconds: float = REQUEST_S
    ) -> httpx.Response | Answer:
        """The response with its body unread, which the caller reads and closes; the answer that says why not."""
        import asyncio

        import httpx

        try:
            async with asyncio.timeout(seconds):
                return await self._reached(method, url, headers, body)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError, ImportError) as error:
            return Answer(url, fault=_fault_of(error))

    async def _bounded(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        enough: Enough | None,
        *,
        alone: bool = False,
    ) -> Answer:
        import asyncio

        import httpx

        partial = [Answer(url)]
        try:
            async with asyncio.timeout(REQUEST_S):
                response = await self._reached(method, url, headers, body, alone=alone)
                if isinstance(response, Answer):
                    return response._replace(unsent=True)
                return await _read(url, response, enough, partial, whole=self._whole)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError, ImportError) as error:
            fault = _fault_of(error)
            before = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) or fault is Fault.PROXY
            return partial[0]._replace(fault=fault, unsent=before and not partial[0].status)

    async def _reached(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, alone: bool = False
    ) -> httpx.Response | Answer:
        """The response, once its head is there; the answer that says why the address was not called."""
        place = place_of(url)
        if isinstance(place, Unsafe) or (reason := self._refused(place, by_name(place))):
            return Answer(url, fault=Fault.UNSAFE, reason=place.reason if isinstance(place, Unsafe) else reason)
        route = await self._network.route(place)
        if reason := self._refused(place, route.reach):
            return Answer(url, fault=Fault.UNSAFE, reason=reason)
        if not route.addresses and not route.proxy:
            return Answer(url, fault=Fault.NAME)
        if place == self._begin:
            self._near = route.reach
        return await self._connected(method, place, route, headers, body, alone=alone)

    def _refused(self, place: Place, reach: Reach) -> str:
        """Why a place must not be called, or ""."""
        own = self._trusted and isinstance(self._begin, Place) and place.origin == self._begin.origin
        if reach is Reach.NEVER or (reach not in (Reach.PUBLIC, self._near) and not own):
            return _REACHES[reach]
        if place.scheme == "http" and reach is not Reach.LOOPBACK:
            return NOT_SECURE
        return ""

    async def _connected(
        self, method: str, place: Place, route: Route, headers: Mapping[str, str], body: bytes, *, alone: bool
    ) -> httpx.Response:
        import httpx

        sent = {
            "Host": place.authority,
            "User-Agent": f"unsprawl/{__version__}",
            "Accept-Encoding": "identity",
            **headers,
            **({"Content-Length": str(len(body))} if method == "POST" else {}),
            **({"Connection": "close"} if alone else {}),
        }
        times = {"connect": CONNECT_S, "read": REQUEST_S, "write": REQUEST_S, "pool": REQUEST_S}
        more: dict[str, Any] = {"timeout": times}
        path: dict[str, Any] = {"raw_path": place.target.encode("ascii")} if route.proxy else {}
        if not route.proxy:  # which would take these for what it is asked itself
            more["target"] = place.target.encode("ascii")
            if not is_number(place.host):
                more["sni_hostname"] = place.host
        kept = not alone and _key(place) in self._pools
        pool = self._single(place, route.proxy) if alone else self._pool(place, route.proxy)
        # Straight to an address that was judged: between a look at a name and a second look it may have changed.
        hosts = [place.host] if route.proxy else route.addresses[:_MOST_ADDRESSES]
        for number, host in enumerate(hosts, 1):
            where = httpx.URL(scheme=place.scheme, host=host, port=place.port, **path)
            request = httpx.Request(method, where, headers=sent, content=body or None, extensions=more)
            try:
                return await pool.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(hosts):
                    raise
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                if not kept:
                    raise
                # A server may close a connection that it kept, just when it is used again.
                return await pool.handle_async_request(request)
        raise AssertionError

    def _pool(self, place: Place, proxy: str) -> httpx.AsyncHTTPTransport:
        """One for each host: connections are found again by their address, and one address may be many hosts'."""
        key = _key(place)
        if key not in self._pools:
            self._pools[key] = self._network.transport(proxy, secure=place.scheme == "https")
        return self._pools[key]

    def _single(self, place: Place, proxy: str) -> httpx.AsyncHTTPTransport:
        """For one request."""
        self._singles.append(self._network.transport(proxy, secure=place.scheme == "https"))
        return self._singles[-1]


def _key(place: Place) -> tuple[str, str, int]:
    return place.scheme, place.host, place.port


async def _read(
    url: str, response: httpx.Response, enough: Enough | None, partial: list[Answer], *, whole: bool
) -> Answer:
    """The answer; what is known of it before that goes into `partial`. `whole`: with its body, whatever it is."""
    try:
        names = [(name.decode("latin-1").lower(), text.decode("latin-1")) for name, text in response.headers.raw]
        partial[0] = answer = Answer(url, response.status_code, tuple(names))
        length = answer.header("content-length")
        small = length.isdecimal() and len(length) < 6 and int(length) <= _SMALL
        if answer.status in _SAYS_ENOUGH and not small and not whole:
            return answer
        packed, fault = await _body(response, enough if answer.media_type == EVENTS else None)
        data, unpacked = _unpacked(packed, answer.header("content-encoding"))
        return answer._replace(body=data, fault=fault or (None if unpacked else Fault.LONG))
    finally:
        await response.aclose()


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

    if isinstance(error, httpx.ConnectTimeout):
        return Fault.CONNECT
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return Fault.SLOW
    if isinstance(error, httpx.InvalidURL):
        return Fault.BROKEN
    if not isinstance(error, httpx.HTTPError):  # of httpx: a proxy of a kind that it does not know
        return Fault.PROXY
    cause: BaseException | None = error
    for _ in range(8):
        if isinstance(cause, ssl.SSLError):
            return Fault.TLS
        cause = cause.__cause__ or cause.__context__ if cause is not None else None
    if isinstance(error, httpx.ProxyError):
        return Fault.PROXY
    return Fault.CONNECT if isinstance(error, httpx.ConnectError | httpx.ReadError | httpx.WriteError) else Fault.BROKEN
