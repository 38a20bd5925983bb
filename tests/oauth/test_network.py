"""The way out: certificates are checked, proxies of the environment are taken, and many servers are asked at once."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.oauth.bed import bed, look
from tests.servers.sites import Asked, Reply, site
from unsprawl.scanner.oauth.answer import Fault
from unsprawl.scanner.oauth.many import probe_all
from unsprawl.scanner.oauth.observed import Target

NAME = "mcp.example.com"
ANSWER = b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="tls"\r\nContent-Length: 0\r\n\r\n'


@contextmanager
def tls_server(folder: Path, *names: str) -> Iterator[int]:
    """A server with a certificate of its own for these names, at folder/cert.pem; answers 401 to everything."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    listed: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(listed), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with serving(lambda connection: _over_tls(context, connection)) as port:
        yield port


def _over_tls(context: ssl.SSLContext, connection: socket.socket) -> None:
    with context.wrap_socket(connection, server_side=True) as secure:
        while secure.recv(65536):
            secure.sendall(ANSWER)


@contextmanager
def serving(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port of this machine; each connection is handled in a thread of its own."""
    listening = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # refused, or gone
            handle(connection)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


@contextmanager
def proxy(to: int, asked: list[str]) -> Iterator[int]:
    """A proxy that leads every name to one port of this machine, and keeps what it was asked."""

    def handle(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        asked.append(head.decode())
        with socket.create_connection(("127.0.0.1", to)) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_pump, args=(onward, connection), daemon=True).start()
            _pump(connection, onward)

    with serving(handle) as port:
        yield port


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    with tls_server(tmp_path, "127.0.0.1") as port:
        assert look(f"https://127.0.0.1:{port}/mcp").first.fault is Fault.TLS


def test_a_certificate_that_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tls_server(tmp_path, "127.0.0.1", "localhost") as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert look(f"https://127.0.0.1:{port}/mcp").first.status == 401
        assert look(f"https://localhost:{port}/mcp").first.status == 401


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tls_server(tmp_path, "other.example.com") as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert look(f"https://127.0.0.1:{port}/mcp").first.fault is Fault.TLS
        assert look(f"https://localhost:{port}/mcp").first.fault is Fault.TLS


def test_the_proxy_of_the_environment_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    told: list[str] = []
    with tls_server(tmp_path, NAME) as port, proxy(port, asked) as through:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{through}")
        seen = probe_all([Target(f"https://{NAME}/mcp")], told.append)[0]
    assert seen.first.status == 401
    assert {line.splitlines()[0] for line in asked} == {f"CONNECT {NAME}:443 HTTP/1.1"}
    assert told == [f"https://{NAME} through the proxy"]


def test_no_proxy_leads_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    with bed() as made, proxy(1, asked) as through:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{through}")
        assert look(made.url).first.status == 401
    assert asked == []


def test_a_proxy_does_not_open_the_way_inward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    with tls_server(tmp_path, NAME) as port, proxy(port, asked) as through:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{through}")
        for url in ("https://169.254.13.37/mcp", "https://metadata.google.internal/"):
            assert look(url).first.fault is Fault.UNSAFE
    assert asked == []


@pytest.mark.parametrize("address", ["nonsense://127.0.0.1:1", "http://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    assert look(f"https://{NAME}/mcp").first.fault in (Fault.PROXY, Fault.CONNECT)


def test_a_name_that_nobody_knows() -> None:
    assert look("https://nosuch.invalid/mcp").first.fault is Fault.NAME


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert look(f"http://127.0.0.1:{port}/mcp").first.fault is Fault.CONNECT


def test_each_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[object] = []
    real = socket.getaddrinfo

    def counted(host: object, *words: object, **more: object) -> object:
        names.append(host)
        return real(host, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    with bed() as made:
        port = made.mcp.url.rpartition(":")[2]
        targets = [Target(f"http://localhost:{port}/{n}") for n in range(5)]
        probe_all(targets, lambda origin: None)
    assert names.count("localhost") == 1


def test_what_a_name_resolves_to_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when one of several addresses is harmless."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("93.184.216.34", "169.254.13.37")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **more: found)
    assert look("https://rebinding.example.com/mcp").first.fault is Fault.UNSAFE


FIFTY = 50


def test_fifty_are_asked_at_once() -> None:
    """Each answers only when all have been asked, so that one after the other would never end."""
    together = threading.Barrier(FIFTY, timeout=20)

    def answer(asked: Asked) -> Reply:
        if "authorization" not in asked.headers:
            together.wait()
        return Reply(401, (("WWW-Authenticate", "Bearer"),))

    told: list[str] = []
    with ExitStack() as stack:
        sites = [stack.enter_context(site()) for _ in range(FIFTY)]
        for each in sites:
            each.routes["POST", "/mcp"] = answer
        seen = probe_all([Target(f"{each.url}/mcp") for each in sites], told.append)
    assert [each.first.status for each in seen] == [401] * FIFTY
    assert [each.target.url for each in seen] == [f"{each.url}/mcp" for each in sites]
    assert sorted(told) == sorted(each.url for each in sites)


def test_one_that_hangs_holds_up_nobody() -> None:
    with bed() as made, socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = f"http://127.0.0.1:{silent.getsockname()[1]}/mcp"
        import unsprawl.scanner.oauth.visit as visit

        before, visit.REQUEST_S = visit.REQUEST_S, 0.5
        try:
            first, second = probe_all([Target(hanging), Target(made.url)], lambda origin: None)
        finally:
            visit.REQUEST_S = before
    assert first.first.fault is Fault.SLOW
    assert second.first.status == 401
