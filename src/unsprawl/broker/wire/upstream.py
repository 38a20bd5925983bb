"""The way out: verified TLS to the real host, through the user's own proxy where there is one."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unsprawl.broker.wire.connect import Resolve, Unreachable, connect, resolve
from unsprawl.broker.wire.head import Authority, Odd, end_of_head, response_head
from unsprawl.broker.wire.roots import trusted_roots
from unsprawl.broker.wire.routes import CorporateProxy, NoRoute, Routes
from unsprawl.broker.wire.stream import Gone, Stream

__all__ = ["Opened", "Unreachable", "Upstream"]

_ANSWER_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection for requests in the clear."""

    stream: Stream
    proxy: CorporateProxy | None
    """Where the request has to name its host itself, since it goes to a proxy."""


class Upstream:
    """Opens connections; each of them belongs to the caller.

    `environ` names the user's own proxy (HTTPS_PROXY, NO_PROXY and their kin); `extra_ca` is a file of certificates
    that are believed besides those of the system. There is no way to switch verification off.
    """

    def __init__(self, environ: Mapping[str, str], extra_ca: Path | None = None, resolving: Resolve = resolve) -> None:
        self._routes = Routes(environ)
        self._extra_ca = extra_ca
        self._resolving = resolving
        self._context: asyncio.Future[ssl.SSLContext] | None = None

    async def open(self, host: str, port: int, *, guarded: bool = True) -> Stream:
        """Verified TLS to that host. Raises Unreachable.

        `guarded`: a value will be sent, so not to addresses of this machine or its link.
        """
        context = await self._roots()
        stream = await self._reach(host, port, guarded=guarded)
        try:
            await stream.start_tls(context, server_side=False, name=host)
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(f"its certificate does not hold ({_why(error)})") from None
        except (OSError, Gone, TimeoutError):
            raise Unreachable("TLS with it could not begin") from None
        return stream

    async def open_tunnel(self, host: str, port: int) -> Stream:
        """A connection for bytes that are passed on as they are. Raises Unreachable."""
        return await self._reach(host, port, guarded=False)

    async def open_plain(self, host: str, port: int) -> Opened:
        """A connection for requests in the clear. Raises Unreachable."""
        proxy = self._proxy(host, port, secure=False)
        if proxy is None:
            return Opened(await connect(host, port, self._resolving, guarded=False), None)
        return Opened(await self._to_proxy(proxy), proxy)

    def _proxy(self, host: str, port: int, *, secure: bool) -> CorporateProxy | None:
        try:
            return self._routes.proxy(host, port, secure=secure)
        except NoRoute as error:
            raise Unreachable(error.reason) from None

    async def _reach(self, host: str, port: int, *, guarded: bool) -> Stream:
        proxy = self._proxy(host, port, secure=True)
        if proxy is None:
            return await connect(host, port, self._resolving, guarded=guarded)
        stream = await self._to_proxy(proxy)
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await _ask(stream, Authority(host, port), proxy.credential)
        except TimeoutError:
            stream.abort()
            raise Unreachable("the proxy in the environment does not answer") from None
        except BaseException:
            stream.abort()
            raise
        return stream

    async def _to_proxy(self, proxy: CorporateProxy) -> Stream:
        try:
            stream = await connect(proxy.address.host, proxy.address.port, self._resolving, guarded=False)
        except Unreachable:
            raise Unreachable("the proxy in the environment cannot be reached") from None
        if proxy.encrypted:
            try:
                await stream.start_tls(await self._roots(), server_side=False, name=proxy.address.host)
            except (OSError, Gone, TimeoutError):
                raise Unreachable("TLS with the proxy in the environment could not begin") from None
        return stream

    async def _roots(self) -> ssl.SSLContext:
        """Loaded for the first connection (reading all certificates takes longer than the rest of our start)."""
        if self._context is None:
            loop = asyncio.get_running_loop()
            self._context = loop.run_in_executor(None, trusted_roots, self._extra_ca)
        try:
            return await asyncio.shield(self._context)
        except (OSError, ValueError):
            self._context = None
            raise Unreachable("the extra certificates of UNSPRAWL_EXTRA_CA or `extra_ca` cannot be read") from None


def _why(error: ssl.SSLCertVerificationError) -> str:
    """OpenSSL's own words for the kind of failure; its longer message quotes names of the certificate."""
    code = error.verify_code
    if code in (62, 63, 64):
        return "it is for another name"
    if code in (18, 19, 20, 21):
        return "its issuer is not known; if that is your company's, name its certificate in UNSPRAWL_EXTRA_CA"
    return {9: "not yet valid", 10: "expired"}.get(code, f"OpenSSL's code {code}")


async def _ask(stream: Stream, target: Authority, credential: bytes) -> None:
    """CONNECT through a proxy. Raises Unreachable."""
    name = str(target).encode("ascii")
    lines = [b"CONNECT %s HTTP/1.1" % name, b"Host: %s" % name]
    if credential:
        lines.append(b"Proxy-Authorization: " + credential)
    data = b""
    try:
        stream.write(b"\r\n".join(lines) + b"\r\n\r\n")
        while not (end := end_of_head(data)):
            more = await stream.read()
            if not more:
                raise Gone
            data += more
        status = response_head(data[:end]).status
    except Gone:
        raise Unreachable("the proxy in the environment closed the connection") from None
    except Odd:
        raise Unreachable("the proxy in the environment does not speak HTTP") from None
    if not 200 <= status < 300:
        raise Unreachable(f"the proxy in the environment answered {status}")
    if len(data) > end:
        stream.put_back(data[end:])
