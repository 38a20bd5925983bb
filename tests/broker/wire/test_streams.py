"""Bodies flow both ways as they come. Order is proved by handshakes: each side goes on when the other has confirmed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker.wire.bench import FREE, OK, VALUE, VENDOR, Bench, bench, read_request, run
from unsprawl.broker.wire.model import Happening
from unsprawl.broker.wire.stream import Stream

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
HEAD = f"GET / HTTP/1.1\r\nHost: {VENDOR}\r\n\r\n".encode()
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_PLENTY = 512 * 1024 * 1024
_ENOUGH_BUFFERS = 128 * 1024 * 1024
"""Of this machine's sockets and of both proxies in between; a body that is kept whole is far larger."""


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.mark.parametrize("kind", [b"text/event-stream", b"text/plain"], ids=["events", "a slow text"])
def test_each_part_of_an_answer_arrives_before_the_next_is_sent(tmp_path: Path, kind: bytes) -> None:
    confirmed: asyncio.Queue[bytes] = asyncio.Queue()

    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(EVENTS.replace(b"text/event-stream", kind))
        for number in range(20):
            part = b"data: %d\n\n" % number
            writer.write(chunk(part))
            assert await confirmed.get() == part
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        await reader.read()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(HEAD)
            head = await client.head()
            assert b"content-type: " + kind in head.lower()
            for _ in range(20):
                size = int(await client.reader.readuntil(b"\r\n"), 16)
                confirmed.put_nowait(await client.reader.readexactly(size))
                await client.reader.readexactly(2)
            assert await client.reader.readexactly(5) == b"0\r\n\r\n"
            await client.close()

    run(scenario())


def test_each_part_of_a_request_arrives_before_the_next_is_sent(tmp_path: Path) -> None:
    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        while size := int(await reader.readuntil(b"\r\n"), 16):
            arrived.put_nowait(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        writer.write(OK)
        await writer.drain()
        await reader.read()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(f"POST / HTTP/1.1\r\nHost: {VENDOR}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            for number in range(20):
                client.send(chunk(b"part %d" % number))
                assert await arrived.get() == b"part %d" % number
            client.send(b"0\r\n\r\n")
            assert (await client.answer()).body == b"ok"
            await client.close()

    run(scenario())


def test_both_directions_of_one_exchange_flow_at_once(tmp_path: Path) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(EVENTS)
        while size := int(await reader.readuntil(b"\r\n"), 16):
            writer.write(chunk(await reader.readexactly(size)))
            await reader.readexactly(2)
        await reader.readexactly(2)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        await reader.read()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(f"POST / HTTP/1.1\r\nHost: {VENDOR}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            await client.head()
            for number in range(20):
                client.send(chunk(b"ping %d" % number))
                back = chunk(b"ping %d" % number)
                assert await client.reader.readexactly(len(back)) == back
            client.send(b"0\r\n\r\n")
            assert await client.reader.readexactly(5) == b"0\r\n\r\n"
            await client.close()

    run(scenario())


@pytest.fixture
def many_files() -> Iterator[None]:
    """Six sockets a stream are open in this one process; many systems allow 1,024 unless asked."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (hard if hard == resource.RLIM_INFINITY else max(soft, min(hard, 4096)), hard)
    )
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_two_hundred_event_streams_flow_beside_each_other(tmp_path: Path) -> None:
    """No event is sent before all streams are open, and none before all clients have the one before."""
    count, rounds = 200, 3
    waiting = [asyncio.Event() for _ in range(rounds + 1)]
    opened = 0

    async def handler(reader: Reader, writer: Writer) -> None:
        nonlocal opened
        await reader.readuntil(b"\r\n\r\n")
        writer.write(EVENTS)
        opened += 1
        if opened == count:
            waiting[0].set()
        for number in range(rounds):
            await waiting[number].wait()
            writer.write(chunk(b"data: %d\n\n" % number))
        await waiting[rounds].wait()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            request = f"GET / HTTP/1.1\r\nHost: {VENDOR}\r\nAuthorization: Bearer {here.placeholder}\r\n\r\n".encode()
            clients = await asyncio.gather(*(here.tunnel() for _ in range(count)))
            for client in clients:
                client.send(request)
            await asyncio.gather(*(client.head() for client in clients))
            for number in range(rounds):
                wanted = chunk(b"data: %d\n\n" % number)
                got = await asyncio.gather(*(client.reader.readexactly(len(wanted)) for client in clients))
                assert set(got) == {wanted}
                waiting[number + 1].set()
            for client in clients:
                client.abort()
            assert len(here.told(Happening.SENT)) == here.vendor.connections == count
            assert here.vendor.received.count(VALUE.encode()) == count

    run(scenario())


def test_a_web_socket_is_passed_on_after_the_upgrade(tmp_path: Path) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert b"\r\nupgrade: websocket\r\n" in head
        assert b"\r\nconnection: upgrade\r\n" in head
        assert b"\r\nsec-websocket-key: dghl\r\n" in head
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: x\r\n\r\n\x81\x05hello"
        )
        while data := await reader.read(1000):
            writer.write(data)

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(
                f"GET /socket HTTP/1.1\r\nHost: {VENDOR}\r\nAuthorization: Bearer {here.placeholder}\r\n"
                "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhl\r\n\r\n".encode()
            )
            head = (await client.head()).lower()
            assert head.startswith(b"http/1.1 101 ")
            assert b"\r\nsec-websocket-accept: x\r\n" in head
            assert await client.reader.readexactly(7) == b"\x81\x05hello"
            for frame in (b"\x81\x02hi", b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", bytes(range(256)) * 300):
                client.send(frame)
                assert await client.reader.readexactly(len(frame)) == frame
            await client.close()
            assert VALUE.encode() in here.vendor.received
            assert [event.status for event in here.told(Happening.SENT)] == [101]

    run(scenario())


def test_a_web_socket_that_the_host_ends_is_ended_for_the_client(tmp_path: Path) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nlast")
        await writer.drain()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(HEAD.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"))
            await client.head()
            assert await client.rest() == b"last"
            await client.close()

    run(scenario())


def test_an_upgrade_that_the_host_declines_is_an_answer_like_any(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.tunnel()
            for _ in range(2):
                client.send(HEAD.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"))
                assert (await client.answer()).body == b"ok"
            await client.close()
            assert here.vendor.connections == 1

    run(scenario())


def test_http_2_in_the_clear_is_not_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.tunnel()
            line = b"\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
            client.send(HEAD.replace(b"\r\n\r\n", line))
            assert (await client.answer()).body == b"ok"
            await client.close()
            assert b"upgrade" not in here.vendor.received.lower()
            assert b"http2-settings" not in here.vendor.received.lower()

    run(scenario())


@pytest.mark.parametrize("framing", ["length", "chunks", "to the end"])
def test_a_client_that_leaves_ends_the_connection_to_the_host(tmp_path: Path, framing: str) -> None:
    left = asyncio.Event()

    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = {"length": b"Content-Length: 1000\r\n", "chunks": b"Transfer-Encoding: chunked\r\n", "to the end": b""}
        writer.write(
            b"HTTP/1.1 200 OK\r\n" + head[framing] + b"\r\n" + (chunk(b"some") if framing == "chunks" else b"some")
        )
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            assert await reader.read() == b""
        left.set()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(HEAD)
            await client.head()
            client.abort()
            await left.wait()

    run(scenario())


def test_a_client_that_leaves_while_it_sends_ends_the_connection_to_the_host(tmp_path: Path) -> None:
    arrived, left = asyncio.Event(), asyncio.Event()

    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(4)
        arrived.set()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            assert await reader.read() == b""
        left.set()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            head = f"POST / HTTP/1.1\r\nHost: {VENDOR}\r\nX: {here.placeholder}\r\nContent-Length: 1000\r\n\r\nsome"
            client.send(head.encode())
            await arrived.wait()
            client.abort()
            await left.wait()
            while not here.events:
                await asyncio.sleep(0.01)
            # The value was sent, so it is told, though nobody will ever know what the host thought of it.
            [event] = here.events
            assert (event.what, event.status, event.variables) == (Happening.SENT, 0, ("VENDOR_TOKEN",))
            assert event.reason == "it ended before there was an answer"

    run(scenario())


@pytest.mark.parametrize(
    "head", [b"Content-Length: 1000\r\n\r\nsome", b"Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n"]
)
def test_an_answer_that_is_cut_off_is_not_taken_for_whole(tmp_path: Path, head: bytes) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n" + head)
        await writer.drain()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(HEAD)
            await client.head()
            rest = await client.rest()
            assert b"some" in rest
            assert b"0\r\n\r\n" not in rest
            client.abort()
            assert [event.reason for event in here.told(Happening.FAILED)] == ["the answer was cut off"]

    run(scenario())


def test_what_a_client_does_not_read_is_not_fetched(tmp_path: Path) -> None:
    sent = 0
    stuck = asyncio.Event()

    async def handler(reader: Reader, writer: Writer) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _PLENTY)
        data = bytes(256 * 1024)
        while sent < _PLENTY:
            writer.write(data)
            sent += len(data)
            try:
                async with asyncio.timeout(1):
                    await writer.drain()
            except TimeoutError:
                break
        stuck.set()
        await writer.drain()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(HEAD)
            await client.head()
            client.writer.transport.pause_reading()  # type: ignore[attr-defined]
            await stuck.wait()
            assert sent < _ENOUGH_BUFFERS
            client.abort()

    run(scenario())


def test_what_the_host_does_not_read_is_not_taken_from_the_client(tmp_path: Path) -> None:
    leave = asyncio.Event()

    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await leave.wait()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(f"POST / HTTP/1.1\r\nHost: {VENDOR}\r\nContent-Length: {_PLENTY}\r\n\r\n".encode())
            sent, data = 0, bytes(256 * 1024)
            while sent < _PLENTY:
                client.send(data)
                sent += len(data)
                try:
                    async with asyncio.timeout(1):
                        await client.writer.drain()
                except TimeoutError:
                    break
            assert sent < _ENOUGH_BUFFERS
            client.abort()
            leave.set()

    run(scenario())


def test_a_tunnel_passes_the_end_of_one_direction_on(tmp_path: Path) -> None:
    """The other stays open: a client may say all it has, and then listen."""

    async def handler(reader: Reader, writer: Writer) -> None:
        said = await reader.read()
        writer.write(b"you said " + said)

    async def scenario() -> None:
        from tests.servers.tls import double

        async with bench(tmp_path) as here, double(handler, None) as plain:
            client, head = await here.connect(f"127.0.0.1:{plain.port}")
            assert head.startswith(b"HTTP/1.1 200 ")
            client.send(b"something")
            client.writer.write_eof()
            assert await client.rest() == b"you said something"
            await client.close()
            assert [event.host for event in here.told(Happening.TUNNELLED)] == [f"127.0.0.1:{plain.port}"]

    run(scenario())


def test_a_tunnel_carries_what_was_sent_with_its_request(tmp_path: Path) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        writer.write(await reader.readexactly(5))

    async def scenario() -> None:
        from tests.servers.tls import double

        async with bench(tmp_path) as here, double(handler, None) as plain:
            client = await here.dial()
            first = f"CONNECT 127.0.0.1:{plain.port} HTTP/1.0\r\nProxy-Authorization: {here.authorization}\r\n\r\nearly"
            client.send(first.encode())
            assert (await client.head()).startswith(b"HTTP/1.1 200 ")
            assert await client.rest() == b"early"
            await client.close()

    run(scenario())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors cannot be counted here")
def test_connections_that_end_leave_nothing_open(tmp_path: Path) -> None:
    """However they end: by the client, by the host, before TLS, in the middle of an answer."""

    async def handler(reader: Reader, writer: Writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(EVENTS if b"/events" in head else OK)
        if b"/events" in head:
            await reader.read()

    async def one(here: Bench) -> None:
        idle, early, streaming = await here.tunnel(), (await here.connect(f"{VENDOR}:443"))[0], await here.tunnel()
        passed, stranger, served = (await here.connect(f"{FREE}:443"))[0], await here.dial(), await here.tunnel()
        streaming.send(HEAD.replace(b"/ ", b"/events ", 1))
        await streaming.head()
        served.send(HEAD)
        await served.answer()
        for client in (idle, early, streaming, passed, stranger, served):
            client.abort()

    def opened() -> int:
        return len(os.listdir("/proc/self/fd"))

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            before = opened()
            for _ in range(10):
                await one(here)
            while opened() > before:
                await asyncio.sleep(0.05)
            assert len(asyncio.all_tasks()) < 20

    run(scenario())


def test_small_parts_are_not_held_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nagle's algorithm is off on both sides of the proxy, however its sockets were made."""
    made: list[socket.socket] = []
    real = Stream.connection_made

    def connection_made(self: Stream, transport: asyncio.BaseTransport) -> None:
        real(self, transport)
        made.append(transport.get_extra_info("socket"))

    monkeypatch.setattr(Stream, "connection_made", connection_made)

    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.tunnel()
            client.send(HEAD)
            await client.answer()
            assert len(made) == 2
            assert all(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in made)
            await client.close()

    run(scenario())


def test_closing_the_proxy_ends_every_connection(tmp_path: Path) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(EVENTS)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await reader.read()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            idle, stranger, streaming = await here.tunnel(), await here.dial(), await here.tunnel()
            passed, _ = await here.connect(f"{FREE}:443")
            streaming.send(HEAD)
            await streaming.head()
            await here.proxy.close()
            for client in (idle, stranger, streaming, passed):
                assert await client.rest() == b""
                client.abort()

    run(scenario())


def test_the_reader_of_tests_reads(tmp_path: Path) -> None:
    """The doubles' own reader, since so much stands on it."""

    async def scenario() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n")
        request = await read_request(reader)
        assert request is not None
        assert (request.first, request.body) == ("POST / HTTP/1.1", b"ok")

    run(scenario())
