"""A wire proxy with a vendor behind it, and a client that can send any bytes."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.tls import Authority, Double, Handler, Way, double, settled, way_to
from unsprawl.broker.wire.model import Event, Happening, Passage
from unsprawl.broker.wire.placeholder import placeholder_for
from unsprawl.broker.wire.proxy import WireProxy
from unsprawl.broker.wire.swap import Swap
from unsprawl.broker.wire.upstream import Upstream
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import Destination, Place

VENDOR = "api.vendor.example"
OTHER = "api.other.example"
FREE = "free.example"
"""Bound to nothing."""
LIMIT_S = 120.0
"""After which a test that waits for what never comes ends; nothing is measured by it."""

VALUE = "ghp_" + "Zq3Lw8Xv5Np2" * 3
OTHER_VALUE = "xoxb-" + "90812736450918" + "-" + "Kd83Hs" * 4


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """Runs one test in an event loop of its own."""

    async def limited() -> None:
        async with asyncio.timeout(LIMIT_S):
            await scenario

    asyncio.run(limited())


@dataclass
class Bench:
    """What a test has in its hands."""

    proxy: WireProxy
    doubles: dict[str, Double]
    placeholder: str
    other_placeholder: str
    way: Way
    events: list[Event] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    @property
    def vendor(self) -> Double:
        return self.doubles[VENDOR]

    @property
    def authorization(self) -> str:
        return basic(f"unsprawl:{self.proxy.credential}")

    def told(self, *kinds: Happening) -> list[Event]:
        """The events of these kinds."""
        return [event for event in self.events if event.what in kinds]

    async def dial(self) -> Client:
        """A connection to the proxy itself."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.port)
        self.clients.append(client := Client(reader, writer))
        return client

    async def connect(self, target: str, authorization: str | None = None) -> tuple[Client, bytes]:
        """CONNECT, and the head of the answer."""
        client = await self.dial()
        shown = self.authorization if authorization is None else authorization
        client.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: {shown}\r\n\r\n".encode())
        return client, await client.head()

    async def tunnel(self, host: str = VENDOR, *, name: str | None = None) -> Client:
        """A client that speaks TLS through the proxy and believes the run's authority, and the test's."""
        client, head = await self.connect(f"{host}:443")
        assert head.startswith(b"HTTP/1.1 200 "), head
        await client.start_tls(self.client_context(), name or host)
        return client

    def client_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata=self.proxy.ca_pem.decode())
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context


class Client:
    """Sends and receives bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def start_tls(self, context: ssl.SSLContext, name: str) -> None:
        await self.writer.start_tls(context, server_hostname=name)

    async def head(self) -> bytes:
        return await self.reader.readuntil(b"\r\n\r\n")

    async def answer(self, *, head_only: bool = False) -> Answer:
        """One whole answer."""
        return await read_answer(self.reader, head_only=head_only)

    async def rest(self) -> bytes:
        """All to the end of the connection."""
        with suppress(ConnectionError, ssl.SSLError):
            return await self.reader.read()
        return b""

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await self.writer.wait_closed()

    def abort(self) -> None:
        self.writer.transport.abort()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


async def read_answer(reader: asyncio.StreamReader, *, head_only: bool = False) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    status = int(first.split(" ")[1])
    names = {name.lower(): value for name, value in headers}
    if head_only or status < 200 or status in (204, 304):
        return Answer(status, headers, b"")
    if names.get("transfer-encoding") == "chunked":
        return Answer(status, headers, await read_chunks(reader))
    if "content-length" in names:
        return Answer(status, headers, await reader.readexactly(int(names["content-length"])))
    return Answer(status, headers, await reader.read())


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        assert await reader.readexactly(2) == b"\r\n"
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
    return body


@dataclass(frozen=True, slots=True)
class Request:
    first: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """One whole request as a plain server reads it, None at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        return Request(first, headers, await read_chunks(reader))
    return Request(first, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def answering(answer: bytes | Callable[[Request], bytes]) -> Handler:
    """A server that says the same, or what `answer` makes of it, to every request."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (request := await read_request(reader)) is not None:
            writer.write(answer(request) if callable(answer) else answer)
            await writer.drain()

    return handler


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def passage(variable: str, value: str, host: str, *places: Place, placeholder: str = "") -> Passage:
    destination = Destination(variable, (host,), places or (Place.HEADER,))
    return Passage(placeholder or placeholder_for(Secret(value)), destination, lambda: Secret(value))


@asynccontextmanager
async def bench(
    folder: Path,
    handler: Handler | None = None,
    *,
    passages: Callable[[], list[Passage]] | None = None,
    keep: bool = True,
    more_environ: dict[str, str] | None = None,
) -> AsyncIterator[Bench]:
    """The vendor answers with `handler` (a plain "ok" by default), two other hosts always with "ok"."""
    authority = Authority(folder)
    unhandled: list[str] = []
    """What asyncio would print: errors that nobody took, with who knows what in them."""
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context["message"]))
    async with AsyncExitStack() as stack:
        doubles = {
            host: await stack.enter_async_context(double(served, authority.server(host), keep=keep))
            for host, served in ((VENDOR, handler or answering(OK)), (OTHER, answering(OK)), (FREE, answering(OK)))
        }
        way = await stack.enter_async_context(way_to({f"{host}:443": one.port for host, one in doubles.items()}))
        events: list[Event] = []
        vendor, other = passage("VENDOR_TOKEN", VALUE, VENDOR), passage("OTHER_TOKEN", OTHER_VALUE, OTHER)
        swap = Swap([vendor, other] if passages is None else passages())
        environ = {"https_proxy": f"http://127.0.0.1:{way.port}", **(more_environ or {})}
        proxy = WireProxy(swap, events.append, Upstream(environ, authority.root))
        await proxy.start()
        here = Bench(proxy, doubles, vendor.placeholder, other.placeholder, way, events)
        try:
            yield here
        finally:
            await proxy.close()
            for client in here.clients:
                client.abort()
            await settled()
    assert unhandled == []


Scenario = Callable[[Bench], Awaitable[None]]
