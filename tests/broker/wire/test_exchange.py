"""What HTTP/1.1 asks of a proxy between a client and a host, message by message."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.broker.wire.bench import (
    FREE,
    OK,
    OTHER_VALUE,
    VALUE,
    VENDOR,
    Request,
    answering,
    basic,
    bench,
    passage,
    read_request,
    run,
)
from tests.servers.tls import double, way_to
from unsprawl.broker.wire.model import Happening, Passage
from unsprawl.scanner.errors import StoreUnavailable
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import Destination

UNKNOWN = "its issuer is not known; if that is your company's, name its certificate in UNSPRAWL_EXTRA_CA"
Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


def request(method: str = "GET", target: str = "/", *lines: str, body: str = "", version: str = "1.1") -> bytes:
    return "\r\n".join((f"{method} {target} HTTP/{version}", f"Host: {VENDOR}", *lines, "", body)).encode()


def test_headers_keep_their_order_and_their_case(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(
            tmp_path, answering(b"HTTP/1.1 200 Fine\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nContent-Length: 0\r\n\r\n")
        ) as here:
            client = await here.tunnel()
            lines = (
                "aCCept: x",
                "X-Two: 2",
                "X-One: 1",
                "X-Two: 3",
                "accept-encoding: br",
                f"X-Key: {here.placeholder}",
            )
            client.send(request("GET", "/a/../b?c=%20&d=+", *lines))
            assert (
                await client.head() == b"HTTP/1.1 200 Fine\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nContent-Length: 0\r\n\r\n"
            )
            await client.close()
            sent = request("GET", "/a/../b?c=%20&d=+", *lines[:-1], f"X-Key: {VALUE}")
            assert bytes(here.vendor.received) == sent

    run(scenario())


def test_what_belongs_to_one_connection_stays_there(tmp_path: Path) -> None:
    lines = (
        "Connection: keep-alive, X-Mine",
        "Keep-Alive: 5",
        "X-Mine: 1",
        "Proxy-Connection: keep-alive",
        "X-Other: 2",
    )
    answer = (
        b"HTTP/1.1 200 OK\r\nConnection: X-Yours\r\nX-Yours: 1\r\nKeep-Alive: timeout=5\r\n"
        b'Alt-Svc: h3=":443"\r\nX-Other: 2\r\nContent-Length: 0\r\n\r\n'
    )

    async def scenario() -> None:
        async with bench(tmp_path, answering(answer)) as here:
            client = await here.tunnel()
            client.send(request("GET", "/", *lines, f"Proxy-Authorization: {here.authorization}"))
            got = await client.answer()
            await client.close()
            assert bytes(here.vendor.received) == request("GET", "/", "X-Other: 2")
            assert {name for name, _ in got.headers} == {"X-Other", "Content-Length"}

    run(scenario())


ANSWERS: dict[str, tuple[str, bytes, int, bytes, bool]] = {
    "a length": ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", True),
    "chunks": (
        "GET",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nT: u\r\n\r\n",
        200,
        b"hello",
        True,
    ),
    "no content": ("DELETE", b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "not modified": ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n\r\n", 304, b"", True),
    "only the head": ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, b"", True),
    "only the head of chunks": ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, b"", True),
    "no phrase": ("GET", b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, b"", True),
    "an old server": ("GET", b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", False),
    "a closing server": (
        "GET",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        200,
        b"hello",
        False,
    ),
    "letters beyond ASCII": (
        "GET",
        b"HTTP/1.1 200 Tr\xe8s bien\r\nX: \xe9\r\nContent-Length: 0\r\n\r\n",
        200,
        b"",
        True,
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_kind_of_answer_is_followed_by_the_next(tmp_path: Path, name: str) -> None:
    method, answer, status, body, kept = ANSWERS[name]

    async def scenario() -> None:
        async with bench(tmp_path, answering(answer)) as here:
            client = await here.tunnel()
            for _ in range(3):
                client.send(request(method))
                got = await client.answer(head_only=method == "HEAD")
                assert (got.status, got.body) == (status, body)
            await client.close()
            assert here.vendor.connections == (1 if kept else 3)
            assert [event.status for event in here.told(Happening.SENT)] == [status] * 3

    run(scenario())


def test_an_answer_without_length_ends_with_the_connection_of_the_host_only(tmp_path: Path) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nhello")
        await writer.drain()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            for _ in range(2):
                client.send(request())
                assert (await client.answer()).body == b"hello"
            client.send(request(version="1.0"))
            got = await client.answer()
            assert (got.body, got.header("transfer-encoding")) == (b"hello", None)
            assert await client.rest() == b""
            await client.close()

    run(scenario())


def test_trailers_pass_both_ways(tmp_path: Path) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        assert (await reader.readuntil(b"\r\n0\r\nX-Sum: 1\r\n\r\n")).endswith(b"2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 2\r\n\r\n")
        await reader.read()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(request("POST", "/", "Transfer-Encoding: chunked", body="2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"))
            await client.head()
            assert await client.reader.readuntil(b"\r\n\r\n") == b"2\r\nok\r\n0\r\nX-Sum: 2\r\n\r\n"
            await client.close()

    run(scenario())


def test_requests_that_are_sent_together_are_answered_in_turn(tmp_path: Path) -> None:
    open_requests = 0

    async def handler(reader: Reader, writer: Writer) -> None:
        nonlocal open_requests
        while (got := await read_request(reader)) is not None:
            open_requests += 1
            assert open_requests == 1
            for _ in range(10):
                await asyncio.sleep(0)
            body = f"{got.first} {got.body.decode()}".encode()
            open_requests -= 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(
                request("POST", "/1", "Content-Length: 3", body="one")
                + request("GET", "/2")
                + request("POST", "/3", "Transfer-Encoding: chunked", body="5\r\nthree\r\n0\r\n\r\n")
                + request("GET", "/4")
            )
            got = [(await client.answer()).body.decode() for _ in range(4)]
            assert got == ["POST /1 HTTP/1.1 one", "GET /2 HTTP/1.1 ", "POST /3 HTTP/1.1 three", "GET /4 HTTP/1.1 "]
            await client.close()

    run(scenario())


def test_the_host_decides_whether_a_body_is_sent(tmp_path: Path) -> None:
    """`Expect: 100-continue`: the client waits for the host's word, and gets it."""

    async def handler(reader: Reader, writer: Writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Expect: 100-continue" in head
        if b"/no" in head:
            writer.write(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
            await reader.read()
            return
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert await reader.readexactly(4) == b"body"
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK)
        await reader.read()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(request("PUT", "/", "Content-Length: 4", "Expect: 100-continue"))
            assert (await client.head()).startswith(b"HTTP/1.1 100 ")
            client.send(b"body")
            assert (await client.head()).startswith(b"HTTP/1.1 103 ")
            assert (await client.answer()).body == b"ok"
            await client.close()
            refused = await here.tunnel()
            refused.send(request("PUT", "/no", "Content-Length: 4", "Expect: 100-continue"))
            assert (await refused.answer()).status == 417
            await refused.close()
            assert [event.status for event in here.told(Happening.SENT)] == [200, 417]

    run(scenario())


def test_an_early_answer_reaches_a_client_that_still_sends(tmp_path: Path) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
        await writer.drain()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(request("POST", "/", "Content-Length: 100000000", body="x" * 100_000))
            got = await client.answer()
            assert (got.status, got.body) == (413, b"big")
            await client.close()

    run(scenario())


def test_a_connection_that_the_host_closed_meanwhile_is_made_anew(tmp_path: Path) -> None:
    closed = asyncio.Event()

    async def handler(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(OK)
        await writer.drain()
        closed.set()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            for method, body in (("GET", ""), ("POST", "ok"), ("GET", "")):
                closed.clear()
                client.send(request(method, "/", *([f"Content-Length: {len(body)}"] if body else []), body=body))
                assert (await client.answer()).status == 200
                await closed.wait()
                await asyncio.sleep(0.05)  # its end travels to the proxy; what happens when it has not is the next test
            await client.close()
            assert here.vendor.connections == 3

    run(scenario())


@pytest.mark.parametrize(
    ("method", "body", "again"),
    [("GET", "", True), ("DELETE", "", True), ("POST", "", False), ("PUT", "ok", False), ("PATCH", "ok", False)],
)
def test_a_request_is_only_sent_twice_where_that_does_no_harm(
    tmp_path: Path, method: str, body: str, again: bool
) -> None:
    """The host closes the connection at the moment of the second request: it may have done what it asks, or not."""
    seen: list[str] = []

    async def handler(reader: Reader, writer: Writer) -> None:
        first = await read_request(reader)
        assert first is not None
        seen.append(first.first)
        writer.write(OK)
        second = await read_request(reader)
        if second is not None:
            seen.append(second.first)

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(request())
            assert (await client.answer()).status == 200
            lines = [f"Content-Length: {len(body)}"] if body or method == "POST" else []
            client.send(request(method, "/2", *lines, body=body))
            assert (await client.answer()).status == (200 if again else 502)
            await client.close()
            assert seen == ["GET / HTTP/1.1"] + [f"{method} /2 HTTP/1.1"] * (2 if again else 1)

    run(scenario())


def test_a_whole_address_in_place_of_a_tunnel_is_the_same_request(tmp_path: Path) -> None:
    """Some clients ask a proxy for https:// as they do for http://."""

    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.dial()
            for host in (VENDOR, FREE, VENDOR):
                text = here.placeholder if host == VENDOR else "plain"
                client.send(
                    f"GET https://{host}/x?y HTTP/1.1\r\nHost: {host}\r\nProxy-Authorization: {here.authorization}\r\n"
                    f"Proxy-Connection: keep-alive\r\nX: {text}\r\n\r\n".encode()
                )
                assert (await client.answer()).body == b"ok"
            await client.close()
            sent = f"GET /x?y HTTP/1.1\r\nHost: {VENDOR}\r\nX: {VALUE}\r\n\r\n".encode()
            assert bytes(here.vendor.received) == sent * 2
            assert (
                bytes(here.doubles[FREE].received) == f"GET /x?y HTTP/1.1\r\nHost: {FREE}\r\nX: plain\r\n\r\n".encode()
            )
            assert [event.what for event in here.events] == [Happening.SENT, Happening.TUNNELLED, Happening.SENT]

    run(scenario())


def test_a_whole_address_inside_the_tunnel_that_agrees_is_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.tunnel()
            for name in (VENDOR, f"{VENDOR}:443", VENDOR.upper(), f"{VENDOR}."):
                client.send(f"GET https://{name}/x HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
                assert (await client.answer()).status == 200
            await client.close()
            assert here.vendor.received.count(b"GET /x HTTP/1.1\r\n") == 4

    run(scenario())


@pytest.mark.parametrize("through", [False, True], ids=["direct", "through a proxy"])
def test_requests_in_the_clear_are_passed_on(tmp_path: Path, through: bool) -> None:
    async def scenario() -> None:
        async with double(answering(OK), None) as plain:
            environ = {"http_proxy": f"http://me:p%40ss@127.0.0.1:{plain.port}"} if through else {}
            async with bench(tmp_path, more_environ=environ) as here:
                name = "plain.example" if through else f"127.0.0.1:{plain.port}"
                client = await here.dial()
                for _ in range(2):
                    client.send(
                        f"POST http://{name}/x HTTP/1.1\r\nHost: {name}\r\nContent-Length: 2\r\n"
                        f"Proxy-Authorization: {here.authorization}\r\n\r\nok".encode()
                    )
                    assert (await client.answer()).body == b"ok"
                await client.close()
                assert plain.connections == 1
                if through:
                    proof = f"Proxy-Authorization: {basic('me:p@ss')}\r\n"
                    sent = f"POST http://{name}:80/x HTTP/1.1\r\nHost: {name}\r\nContent-Length: 2\r\n{proof}\r\nok"
                else:
                    sent = f"POST /x HTTP/1.1\r\nHost: {name}\r\nContent-Length: 2\r\n\r\nok"
                assert bytes(plain.received) == sent.encode() * 2
                assert here.proxy.credential.encode() not in plain.received

    run(scenario())


def test_a_rotated_key_is_read_for_the_next_connection(tmp_path: Path) -> None:
    held = [VALUE]
    made = passage("VENDOR_TOKEN", VALUE, VENDOR)
    rotating = Passage(made.placeholder, Destination("VENDOR_TOKEN", (VENDOR,)), lambda: Secret(held[0]))

    async def scenario() -> None:
        async with bench(tmp_path, passages=lambda: [rotating]) as here:
            for value in (VALUE, "ghp_" + "Xw2Ty7Rb4Mk9" * 3):
                held[0] = value
                client = await here.tunnel()
                client.send(request("GET", "/", f"X: {made.placeholder}"))
                assert (await client.answer()).status == 200
                await client.close()
                assert here.vendor.received.endswith(f"X: {value}\r\n\r\n".encode())

    run(scenario())


def test_a_key_that_the_host_does_not_take_any_more_is_read_anew(tmp_path: Path) -> None:
    """On a connection that stays open, as pools of clients do."""
    held = [VALUE]
    new = "ghp_" + "Xw2Ty7Rb4Mk9" * 3
    made = passage("VENDOR_TOKEN", VALUE, VENDOR)
    rotating = Passage(made.placeholder, Destination("VENDOR_TOKEN", (VENDOR,)), lambda: Secret(held[0]))

    def judge(got: Request) -> bytes:
        return OK if got.headers["x"] == new else OK.replace(b"200 OK", b"401 No")

    async def scenario() -> None:
        async with bench(tmp_path, answering(judge), passages=lambda: [rotating]) as here:
            client = await here.tunnel()
            statuses = []
            for value in (VALUE, new, new):
                held[0] = value
                client.send(request("GET", "/", f"X: {made.placeholder}"))
                statuses.append((await client.answer()).status)
            await client.close()
            assert statuses == [401, 200, 200]
            assert here.vendor.connections == 1

    run(scenario())


def test_a_vault_that_does_not_open_says_what_to_do(tmp_path: Path) -> None:
    def read() -> Secret:
        raise StoreUnavailable("the keyring is locked", hint="Unlock it.")

    made = passage("VENDOR_TOKEN", VALUE, VENDOR)
    locked = Passage(made.placeholder, Destination("VENDOR_TOKEN", (VENDOR,)), read)

    async def scenario() -> None:
        async with bench(tmp_path, passages=lambda: [locked]) as here:
            client = await here.tunnel()
            client.send(request("GET", "/", f"X: {made.placeholder}"))
            got = await client.answer()
            assert (got.status, got.body) == (502, b"unsprawl: the keyring is locked. Unlock it.\n")
            await client.close()
            assert bytes(here.vendor.received) == b""
            assert [event.reason for event in here.told(Happening.FAILED)] == ["the keyring is locked. Unlock it."]

    run(scenario())


def test_a_bug_shows_nothing_but_its_kind(tmp_path: Path) -> None:
    def read() -> Secret:
        raise ZeroDivisionError(VALUE)

    made = passage("VENDOR_TOKEN", VALUE, VENDOR)
    broken = Passage(made.placeholder, Destination("VENDOR_TOKEN", (VENDOR,)), read)

    async def scenario() -> None:
        async with bench(tmp_path, passages=lambda: [broken]) as here:
            client = await here.tunnel()
            client.send(request("GET", "/", f"X: {made.placeholder}"))
            assert await client.rest() == b""
            await client.close()
            assert [event.reason for event in here.told(Happening.FAILED)] == ["a bug in unsprawl (ZeroDivisionError)"]
            assert VALUE not in repr(here.events)

    run(scenario())


def test_a_host_that_is_not_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path, passages=lambda: [passage("T", OTHER_VALUE, "gone.example")]) as here:
            client = await here.tunnel("gone.example")
            client.send(b"GET / HTTP/1.1\r\nHost: gone.example\r\n\r\n")
            got = await client.answer()
            assert got.status == 502
            assert got.body.decode() == (
                "unsprawl: gone.example:443 is not reached: the proxy in the environment answered 502\n"
            )
            await client.close()
            assert [event.what for event in here.events] == [Happening.FAILED]
            passed, head = await here.connect("absent.example:443")
            assert head.startswith(b"HTTP/1.1 502 ")
            await passed.close()
            assert [event.what for event in here.events] == [Happening.FAILED, Happening.TUNNELLED]

    run(scenario())


@pytest.mark.parametrize("credential", ["", basic("me:p@ss")], ids=["open", "with a password"])
def test_the_way_out_through_the_users_own_proxy(tmp_path: Path, credential: str) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as outer, way_to({f"{VENDOR}:443": outer.vendor.port}, credential=credential) as way:
            user = "me:p%40ss@" if credential else ""
            inner = bench(tmp_path, more_environ={"https_proxy": f"http://{user}127.0.0.1:{way.port}"})
            # The inner bench has an authority of its own: only the way is looked at.
            async with inner as here:
                client = await here.tunnel()
                client.send(request())
                assert (await client.answer()).status == 502
                await client.close()
                assert way.asked == [f"CONNECT {VENDOR}:443 HTTP/1.1"]
                reason = here.told(Happening.FAILED)[0].reason
                assert reason == f"{VENDOR}:443 is not reached: its certificate does not hold ({UNKNOWN})"

    run(scenario())
