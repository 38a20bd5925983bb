"""The authority of one run: what clients get to see, and what it can never be used for."""

from __future__ import annotations

import datetime
import os
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from unsprawl.broker.wire import authority as module
from unsprawl.broker.wire.authority import Authority


def greet(authority: Authority, host: str, name: str | None) -> ssl.SSLSocket | ssl.SSLError:
    """A client that believes this authority alone, as strictly as Python 3.13 does."""
    near, far = socket.socketpair()
    context = ssl.create_default_context(cadata=authority.pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.check_hostname = name is not None

    def serve() -> None:
        try:
            with authority.server_context(host).wrap_socket(far, server_side=True) as serving:
                serving.recv(1)
        except OSError:
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with context.wrap_socket(near, server_hostname=name) as client:
            client.sendall(b"x")
            return client
    except ssl.SSLError as error:
        return error
    finally:
        near.close()
        thread.join()


HOSTS = {
    "a name": (("api.vendor.example",), "api.vendor.example"),
    "one of some": (("a.example", "api.vendor.example", "*.b.example"), "api.vendor.example"),
    "a name with a port": (("api.vendor.example:8443",), "api.vendor.example"),
    "a name below": (("*.vendor.example",), "eu.api.vendor.example"),
    "an address": (("127.0.0.1:8443", "api.vendor.example"), "127.0.0.1"),
    "an address of six": (("[::1]:8443",), "::1"),
    "addresses alone": (("127.0.0.1",), "127.0.0.1"),
    "no constraint": ((), "api.vendor.example"),
    "a very long name": (("*.example",), ".".join(["a" * 60] * 4) + ".example"),
}


@pytest.mark.parametrize("name", HOSTS)
def test_bound_hosts_are_believed(name: str) -> None:
    hosts, host = HOSTS[name]
    seen = greet(Authority(hosts), host, host)
    assert isinstance(seen, ssl.SSLSocket), seen


@pytest.mark.parametrize(
    ("hosts", "host"),
    [
        (("api.vendor.example",), "thief.example"),
        (("api.vendor.example",), "vendor.example"),
        (("api.vendor.example",), "127.0.0.1"),
        (("api.vendor.example",), "::1"),
        (("127.0.0.1",), "api.vendor.example"),
        (("127.0.0.1",), "127.0.0.2"),
        (("127.0.0.1",), "::1"),
    ],
)
def test_it_cannot_speak_for_another_host(hosts: tuple[str, ...], host: str) -> None:
    """Even with its key; a client that is asked to believe it believes it for the bound hosts only."""
    seen = greet(Authority(hosts), host, host)
    assert isinstance(seen, ssl.SSLCertVerificationError)
    assert seen.verify_code in (47, 48)  # a permitted subtree is missing, or an excluded one is there


def test_another_run_is_not_believed() -> None:
    one, other = Authority(["api.vendor.example"]), Authority(["api.vendor.example"])
    one.pem = other.pem
    assert isinstance(greet(one, "api.vendor.example", "api.vendor.example"), ssl.SSLError)


@pytest.mark.parametrize("name", ["api.vendor.example", "API.Vendor.Example", None])
def test_the_greeting_may_agree_or_say_nothing(name: str | None) -> None:
    told: list[tuple[str, str]] = []
    authority = Authority(["api.vendor.example"], lambda host, other: told.append((host, other)))
    seen = greet(authority, "api.vendor.example", name)
    assert isinstance(seen, ssl.SSLSocket)
    assert told == []


def test_a_greeting_that_names_another_host_ends_it() -> None:
    told: list[tuple[str, str]] = []
    authority = Authority(["api.vendor.example"], lambda host, other: told.append((host, other)))
    assert isinstance(greet(authority, "api.vendor.example", "other.example"), ssl.SSLError)
    assert told == [("api.vendor.example", "other.example")]


def test_only_http_1_1_is_agreed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[str | None] = []
    real = ssl.SSLSocket.sendall

    def sendall(self: ssl.SSLSocket, data: bytes) -> None:
        chosen.append(self.selected_alpn_protocol())
        real(self, data)

    monkeypatch.setattr(ssl.SSLSocket, "sendall", sendall)
    greet(Authority(), "api.vendor.example", "api.vendor.example")
    assert chosen == ["http/1.1"]


def test_certificates_are_valid_for_clocks_that_differ_and_not_for_long() -> None:
    authority = Authority(["api.vendor.example"])
    certificate = x509.load_pem_x509_certificate(authority.pem)
    now = datetime.datetime.now(datetime.UTC)
    assert certificate.not_valid_before_utc <= now - datetime.timedelta(hours=23)
    assert now + datetime.timedelta(days=30) < certificate.not_valid_after_utc < now + datetime.timedelta(days=100)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)


def test_a_leaf_is_kept_and_renewed_before_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(["api.vendor.example"])
    first = authority.server_context("api.vendor.example")
    assert authority.server_context("api.vendor.example") is first
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=6, hours=1)
    monkeypatch.setattr(module, "_now", lambda: later)
    assert authority.server_context("api.vendor.example") is not first


@pytest.mark.parametrize("memory", [True, False], ids=["in memory", "in a file"])
def test_the_leafs_key_leaves_no_file_and_the_authoritys_key_is_in_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: bool
) -> None:
    """Every file that is written is looked at while it is there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    if not memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    elif not hasattr(os, "memfd_create"):
        pytest.skip("not on this system")
    written: list[bytes] = []
    modes: list[int] = []
    real = ssl.SSLContext.load_cert_chain

    def load(self: ssl.SSLContext, certfile: str, *rest: object) -> None:
        written.append(Path(certfile).read_bytes())
        modes.append(Path(certfile).stat().st_mode & 0o777)
        real(self, certfile)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", load)
    authority = Authority(["api.vendor.example"])
    authority.server_context("api.vendor.example")
    assert list(tmp_path.glob(".unsprawl*")) == []
    [content] = written
    if not memory:
        assert modes == [0o600]
    key = serialization.load_pem_private_key(content, None)
    encoded = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    own = x509.load_pem_x509_certificate(authority.pem).public_key()
    assert key.public_key().public_bytes(*encoded) != own.public_bytes(*encoded)
    assert content.count(b"PRIVATE KEY-----") == 2
    assert b"PRIVATE" not in authority.pem


def test_a_leaf_that_cannot_be_loaded_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delattr(os, "memfd_create", raising=False)

    def load(self: ssl.SSLContext, certfile: str) -> None:
        raise ssl.SSLError("no")

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", load)
    with pytest.raises(ssl.SSLError):
        Authority().server_context("api.vendor.example")
    assert list(tmp_path.glob(".unsprawl*")) == []
