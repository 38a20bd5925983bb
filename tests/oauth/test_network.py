"""The way out: certificates are checked, proxies of the environment are taken, and many servers are asked at once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.oauth.bed import Bed, Change, bed, failed, look, probe, public, together
from tests.servers.mapping_proxy import proxy
from tests.servers.sites import Asked, Reply, site
from tests.servers.tls import Authority
from unsprawl.scanner.oauth.answer import Fault
from unsprawl.scanner.oauth.observed import Target

NAME = "mcp.example.com"


@contextmanager
def tls_server(folder: Path, *names: str) -> Iterator[int]:
    """Answers 401 to everything; the port."""
    with site(Authority(folder).server(*names)) as made:
        made.routes["POST", "/mcp"] = Reply(401, (("WWW-Authenticate", "Bearer"),))
        yield int(made.url.rpartition(":")[2])


@contextmanager
def public_bed(folder: Path, monkeypatch: pytest.MonkeyPatch, change: Change | None = None) -> Iterator[Bed]:
    """The correct pair under public names, with TLS, behind the proxy of the environment."""
    with public(folder, change) as (made, environ):
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        yield made


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    with tls_server(tmp_path, "127.0.0.1") as port:
        assert look(f"https://127.0.0.1:{port}/mcp").first.fault is Fault.TLS


def test_a_certificate_that_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tls_server(tmp_path, "127.0.0.1", "localhost") as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
        assert look(f"https://127.0.0.1:{port}/mcp").first.status == 401
        assert look(f"https://localhost:{port}/mcp").first.status == 401


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tls_server(tmp_path, "other.example.com") as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
        assert look(f"https://127.0.0.1:{port}/mcp").first.fault is Fault.TLS
        assert look(f"https://localhost:{port}/mcp").first.fault is Fault.TLS


def test_the_proxy_of_the_environment_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    told: list[str] = []
    with tls_server(tmp_path, NAME) as port, proxy({NAME: port}, asked) as through:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{through}")
        seen = together([Target(f"https://{NAME}/mcp")], told.append)[0]
    assert seen.first.status == 401
    assert set(asked) == {f"CONNECT {NAME}:443 HTTP/1.1"}
    assert told == [f"https://{NAME} through the proxy"]


def test_a_public_server_leads_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to this machine, and not into the network around it, whatever it names."""
    with public_bed(tmp_path, monkeypatch) as made:
        assert (probe(made.url).verdict.kind, made.url) == ("ready", f"https://{NAME}/mcp")
    with site() as inward:
        port = inward.url.rpartition(":")[2]
        for url in (inward.url, f"https://localhost:{port}", "https://10.1.2.3", "http://auth.example.com"):

            def change(bed: Bed, url: str = url) -> None:
                bed.prm["authorization_servers"] = [url]

            with public_bed(tmp_path, monkeypatch, change) as made:
                found = probe(made.url)
                assert {"P06", "T06"} <= failed(found)
                assert (found.verdict.kind, made.auth.asked) == ("broken", [])
        assert inward.asked == []


def test_no_proxy_leads_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    with bed() as made, proxy({}, asked) as through:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{through}")
        assert look(made.url).first.status == 401
    assert asked == []


def test_a_proxy_does_not_open_the_way_inward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    with tls_server(tmp_path, NAME) as port, proxy({NAME: port}, asked) as through:
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
        together(targets)
    assert names.count("localhost") == 1


def test_it_is_said_before_a_name_is_looked_up_and_no_other_name_is(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    real = socket.getaddrinfo

    def looked_up(host: str, *words: object, **more: object) -> object:
        happened.append(f"look up {host}")
        return real("localhost", *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with bed(lambda bed: bed.metadata.update(token_endpoint="https://third.example.com/token")) as made:
        port = made.mcp.url.rpartition(":")[2]
        together([Target(f"http://one.localhost:{port}/mcp")], happened.append)
    assert happened[:2] == [f"http://one.localhost:{port}", "look up one.localhost"]
    assert {line for line in happened if line.startswith("look up")} == {"look up one.localhost"}


def test_what_a_name_resolves_to_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when one of several addresses is harmless."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("93.184.216.34", "169.254.13.37")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **more: found)
    assert look("https://rebinding.example.com/mcp").first.fault is Fault.UNSAFE


FIFTY = 50


def test_fifty_are_asked_at_once() -> None:
    """Each answers only when all have been asked, so that one after the other would never end."""
    everybody = threading.Barrier(FIFTY, timeout=20)

    def answer(asked: Asked) -> Reply:
        if "authorization" not in asked.headers:
            everybody.wait()
        return Reply(401, (("WWW-Authenticate", "Bearer"),))

    told: list[str] = []
    with ExitStack() as stack:
        sites = [stack.enter_context(site()) for _ in range(FIFTY)]
        for each in sites:
            each.routes["POST", "/mcp"] = answer
        seen = together([Target(f"{each.url}/mcp") for each in sites], told.append)
    assert [each.first.status for each in seen] == [401] * FIFTY
    assert [each.target.url for each in seen] == [f"{each.url}/mcp" for each in sites]
    assert sorted(told) == sorted(each.url for each in sites)


def test_one_that_hangs_holds_up_nobody() -> None:
    with bed() as made, socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = f"http://127.0.0.1:{silent.getsockname()[1]}/mcp"
        import unsprawl.scanner.oauth.visit as visit

        before, visit.REQUEST_S = visit.REQUEST_S, 0.5
        try:
            first, second = together([Target(hanging), Target(made.url)])
        finally:
            visit.REQUEST_S = before
    assert first.first.fault is Fault.SLOW
    assert second.first.status == 401
