"""The way out: which proxy, which addresses, whose certificates."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.broker.wire.bench import OK, VENDOR, answering, run
from tests.servers.tls import Authority, double
from unsprawl.broker.wire.connect import Unreachable, _alternating, connect, fitting
from unsprawl.broker.wire.head import Authority as Address
from unsprawl.broker.wire.routes import CorporateProxy, NoRoute, Routes
from unsprawl.broker.wire.upstream import Upstream

KNOWN = CorporateProxy(Address("proxy.corp", 3128), False, b"Basic dTpwOnc=")
PROXY = CorporateProxy(Address("proxy.corp", 3128), encrypted=False)
ROUTES: list[tuple[dict[str, str], str, int, bool, CorporateProxy | None]] = [
    ({}, "api.example", 443, True, None),
    ({"https_proxy": "http://proxy.corp:3128"}, "api.example", 443, True, PROXY),
    ({"HTTPS_PROXY": "http://proxy.corp:3128"}, "api.example", 443, True, PROXY),
    ({"ALL_PROXY": "http://proxy.corp:3128"}, "api.example", 443, True, PROXY),
    ({"all_proxy": "proxy.corp:3128"}, "api.example", 443, True, PROXY),
    ({"https_proxy": "http://proxy.corp:3128/"}, "api.example", 443, True, PROXY),
    ({"https_proxy": "http://proxy.corp:3128", "HTTPS_PROXY": "http://b.corp:1"}, "api.example", 443, True, PROXY),
    ({"https_proxy": "", "HTTPS_PROXY": "http://proxy.corp:3128"}, "api.example", 443, True, PROXY),
    ({"http_proxy": "http://proxy.corp:3128"}, "api.example", 443, True, None),
    ({"http_proxy": "http://proxy.corp:3128"}, "api.example", 80, False, PROXY),
    ({"https_proxy": "http://proxy.corp:3128"}, "api.example", 80, False, None),
    ({"https_proxy": "https://proxy.corp"}, "api.example", 443, True, CorporateProxy(Address("proxy.corp", 443), True)),
    ({"https_proxy": "http://proxy.corp"}, "api.example", 443, True, CorporateProxy(Address("proxy.corp", 80), False)),
    ({"https_proxy": "http://[::1]:3128"}, "api.example", 443, True, CorporateProxy(Address("::1", 3128), False)),
    ({"https_proxy": "http://u:p%3Aw@proxy.corp:3128"}, "api.example", 443, True, KNOWN),
]
NO_PROXY: list[tuple[str, str, int, bool]] = [
    ("*", "api.example", 443, True),
    ("api.example", "api.example", 443, True),
    ("API.Example", "api.example", 443, True),
    ("example", "api.example", 443, True),
    (".example", "api.example", 443, True),
    ("*.example", "api.example", 443, True),
    ("ample", "api.example", 443, False),
    ("pi.example", "api.example", 443, False),
    ("api.example:443", "api.example", 443, True),
    ("api.example:8443", "api.example", 443, False),
    ("a.example, api.example", "api.example", 443, True),
    ("a.example api.example", "api.example", 443, True),
    ("", "api.example", 443, False),
    (",", "api.example", 443, False),
    ("10.0.0.0/8", "10.1.2.3", 443, True),
    ("10.0.0.0/8", "11.1.2.3", 443, False),
    ("10.1.2.3", "10.1.2.3", 443, True),
    ("2001:db8::/32", "2001:db8::1", 443, True),
    ("[2001:db8::1]", "2001:db8::1", 443, True),
    ("", "localhost", 443, True),
    ("", "127.0.0.1", 443, True),
    ("", "::1", 443, True),
]


@pytest.mark.parametrize(("environ", "host", "port", "secure", "proxy"), ROUTES)
def test_the_proxy_of_the_environment(
    environ: dict[str, str], host: str, port: int, secure: bool, proxy: CorporateProxy | None
) -> None:
    assert Routes(environ).proxy(host, port, secure=secure) == proxy


@pytest.mark.parametrize(("text", "host", "port", "direct"), NO_PROXY)
@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_where_no_proxy_is_used(text: str, host: str, port: int, direct: bool, name: str) -> None:
    routes = Routes({"https_proxy": "http://proxy.corp:3128", name: text})
    assert (routes.proxy(host, port, secure=True) is None) is direct


@pytest.mark.parametrize(
    "text", ["socks5://proxy.corp:1080", "ftp://x", "http://", "http://proxy.corp:port", "http://[x"]
)
def test_a_proxy_that_cannot_be_used_is_not_passed_by(text: str) -> None:
    """Going out directly instead would send a key on a way that the user did not choose."""
    with pytest.raises(NoRoute) as raised:
        Routes({"https_proxy": text.replace("//", "//me:hush@")}).proxy("api.example", 443, secure=True)
    assert "hush" not in str(raised.value)


def test_the_password_of_the_proxy_is_not_shown() -> None:
    proxy = Routes({"https_proxy": "http://me:hush@proxy.corp"}).proxy("api.example", 443, secure=True)
    assert "hush" not in repr(proxy)
    assert "bWU6" not in repr(proxy)


@pytest.mark.parametrize(
    ("host", "addresses", "kept"),
    [
        ("api.example", ["93.184.216.34"], ["93.184.216.34"]),
        ("api.example", ["10.0.0.1", "192.168.1.1", "fd00::1"], ["10.0.0.1", "192.168.1.1", "fd00::1"]),
        ("api.example", ["127.0.0.1"], []),
        ("api.example", ["127.8.8.8", "93.184.216.34"], ["93.184.216.34"]),
        ("api.example", ["::1"], []),
        ("api.example", ["::ffff:127.0.0.1"], []),
        ("api.example", ["0.0.0.0"], []),
        ("api.example", ["::"], []),
        ("api.example", ["169.254.169.254"], []),
        ("api.example", ["::ffff:169.254.169.254"], []),
        ("api.example", ["fe80::1%eth0"], []),
        ("api.example", ["224.0.0.1"], []),
        ("localhost", ["127.0.0.1", "::1"], ["127.0.0.1", "::1"]),
        ("localhost", ["93.184.216.34"], []),
        ("app.localhost", ["127.0.0.1"], ["127.0.0.1"]),
        ("127.0.0.1", ["127.0.0.1"], ["127.0.0.1"]),
        ("169.254.169.254", ["169.254.169.254"], []),
        ("localhost.example", ["127.0.0.1"], []),
    ],
)
def test_addresses_that_a_value_may_be_sent_to(host: str, addresses: list[str], kept: list[str]) -> None:
    assert fitting(host, addresses) == kept


def test_kinds_of_addresses_are_tried_in_turn() -> None:
    assert _alternating(["::1", "::2", "::3", "1.1.1.1"]) == ["::1", "1.1.1.1", "::2", "::3"]
    assert _alternating(["1.1.1.1", "1.1.1.2", "::1"]) == ["1.1.1.1", "::1", "1.1.1.2"]
    assert _alternating([]) == []


def test_a_bound_name_that_stands_for_this_machine_gets_nothing(tmp_path: Path) -> None:
    """As in DNS rebinding; the server there even has a certificate that holds."""
    authority = Authority(tmp_path)

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def scenario() -> None:
        async with double(answering(OK), authority.server(VENDOR)) as vendor:
            way = Upstream({}, authority.root, here)
            with pytest.raises(Unreachable, match="stands for this machine"):
                await way.open(VENDOR, vendor.port)
            assert vendor.connections == 0
            stream = await way.open(VENDOR, vendor.port, guarded=False)  # nothing else was in the way
            stream.abort()

    run(scenario())


def test_the_first_address_that_answers_is_taken() -> None:
    async def scenario() -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # bound, not listening: refused
            async with double(answering(OK), None) as server:

                async def resolving(host: str, port: int) -> Sequence[str]:
                    return ["127.0.0.2", "127.0.0.1"] if port == server.port else ["127.0.0.1"]

                stream = await connect("localhost", server.port, resolving, guarded=True)
                stream.abort()
                with pytest.raises(Unreachable, match="cannot be reached"):
                    await connect("localhost", closed.getsockname()[1], resolving, guarded=True)

    run(scenario())


def test_a_name_that_nobody_knows() -> None:
    async def resolving(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "hush")

    async def scenario() -> None:
        with pytest.raises(Unreachable) as raised:
            await connect("nobody.example", 443, resolving, guarded=True)
        assert raised.value.reason == "its name cannot be resolved"

    run(scenario())


def test_a_proxy_that_is_itself_spoken_to_in_tls(tmp_path: Path) -> None:
    """TLS to the proxy, and the host's own TLS inside of it."""
    authority = Authority(tmp_path)

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(f"CONNECT {VENDOR}:443 HTTP/1.1\r\n".encode())
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", ports[0])
        writer.write(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n")

        async def back() -> None:
            while data := await far_reader.read(65536):
                writer.write(data)

        task = asyncio.ensure_future(back())
        try:
            while data := await reader.read(65536):
                far_writer.write(data)
        finally:
            task.cancel()
            far_writer.transport.abort()

    ports: list[int] = []

    async def scenario() -> None:
        async with (
            double(answering(OK), authority.server(VENDOR)) as vendor,
            double(proxy, authority.server("localhost")) as outer,
        ):
            ports.append(vendor.port)
            way = Upstream({"https_proxy": f"https://localhost:{outer.port}"}, authority.root)
            stream = await way.open(VENDOR, 443)
            stream.write(f"GET / HTTP/1.1\r\nHost: {VENDOR}\r\n\r\n".encode())
            got = b""
            while not got.endswith(b"ok"):
                got += await stream.read()
            stream.abort()
            assert b"GET /" in vendor.received
            assert b"GET /" not in outer.received

    run(scenario())


PROXY_ANSWERS = {
    b"HTTP/1.1 407 No\r\n\r\n": "the proxy in the environment answered 407",
    b"": "the proxy in the environment closed the connection",
    b"SSH-2.0\r\n\r\n": "the proxy in the environment does not speak HTTP",
    b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n": "TLS with it could not begin",
}


@pytest.mark.parametrize("answer", PROXY_ANSWERS)
def test_a_proxy_that_does_not_let_through(tmp_path: Path, answer: bytes) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    async def scenario() -> None:
        async with double(handler, None) as proxy:
            with pytest.raises(Unreachable) as raised:
                await Upstream({"https_proxy": f"http://127.0.0.1:{proxy.port}"}).open(VENDOR, 443)
            assert raised.value.reason == PROXY_ANSWERS[answer]

    run(scenario())


def test_session_keys_are_written_to_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))

    async def scenario() -> None:
        async with double(answering(OK), authority.server("localhost")) as server:
            stream = await Upstream({}, authority.root).open("localhost", server.port)
            stream.abort()

    run(scenario())
    assert not log.exists()


@pytest.mark.parametrize("content", ["", "no certificate"])
def test_an_extra_authority_that_cannot_be_read(tmp_path: Path, content: str) -> None:
    file = tmp_path / "extra.pem"
    file.write_text(content)

    async def scenario() -> None:
        with pytest.raises(Unreachable, match="UNSPRAWL_EXTRA_CA"):
            await Upstream({}, file).open("localhost", 1)

    run(scenario())


def test_without_roots_of_the_system_certifi_stands_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from unsprawl.broker.wire.roots import trusted_roots

    pytest.importorskip("certifi")
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda self: None)
    monkeypatch.setattr("unsprawl.broker.wire.roots._has_folder_of_roots", lambda: False)
    assert trusted_roots(None).cert_store_stats()["x509_ca"] > 50
    monkeypatch.setattr("unsprawl.broker.wire.roots._has_folder_of_roots", lambda: True)
    assert trusted_roots(None).cert_store_stats()["x509_ca"] == 0
