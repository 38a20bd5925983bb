"""Servers under public names, and in odd HTTP: what their addresses are worth, and what is still an answer."""

from __future__ import annotations

import datetime
import gzip
import zlib
from pathlib import Path

import pytest

from tests.oauth.bed import RESOURCE, bed, failed, probe, probed, public, results
from tests.oauth.changes import JSON, listed, meta_bytes, moved, resource
from tests.oauth.running import free_port
from tests.oauth.test_checks import (
    Change,
    challenge,
    endpoint,
    issuer,
    mcp,
    meta,
)
from tests.oauth.test_hostile import speaking
from tests.oauth.test_wild import BROKEN, WARN
from tests.servers.sites import Reply, redirect, site
from tests.servers.tls import Authority

PUBLIC: list[tuple[str, Change, str, str]] = [
    ("a correct one", lambda bed: None, "", "ready"),
    ("resource with the port that goes without saying", resource("{mcp}:443/mcp"), "P03", WARN),
    ("resource with capitals in the name", resource("https://MCP.Example.com/mcp"), "", "ready"),
    ("resource of another name", resource("https://mcp.example.com.evil.example/mcp"), "P03", BROKEN),
    ("resource is http", resource("http://mcp.example.com/mcp"), "P03", BROKEN),
    ("issuer with capitals in the name", issuer("https://AUTH.example.com", "{auth}"), "A02", BROKEN),
    ("entry with capitals in the name", issuer("{auth}", "https://AUTH.example.com"), "A02", BROKEN),
    ("capitals in both places", issuer("https://AUTH.example.com", "https://AUTH.example.com"), "", "ready"),
    ("issuer with the port that goes without saying", issuer("{auth}:443", "{auth}"), "A02", BROKEN),
    ("issuer is http", issuer("http://auth.example.com", "{auth}"), "A02", BROKEN),
    ("entry is http", issuer("http://auth.example.com", "http://auth.example.com"), "T06 P04 P06 A01", BROKEN),
    ("metadata is named by http", challenge(
        f'Bearer resource_metadata="http://mcp.example.com{RESOURCE}/mcp", scope="tools"'), "T06 C03 P06", BROKEN),
    ("the token endpoint is http", meta(token_endpoint="http://auth.example.com/token"), "T06 A03", BROKEN),
    ("the token endpoint is on this machine", meta(token_endpoint="https://localhost/token"), "T06 A03", BROKEN),
    ("the login is on this machine", meta(authorization_endpoint="http://127.0.0.1:8080/authorize"), "T06 A03",
     BROKEN),
    ("moved from https to http", moved("http://mcp.example.com/v2", 307), "T04 T05 C01", BROKEN),
    ("link-local in an old spelling", listed("https://2851999013"), "T06 P06 A01", BROKEN),
    ("this machine in an old spelling", listed("https://127.1"), "T06 P06 A01", BROKEN),
    ("a private network in an old spelling", listed("https://0x0a010203"), "T06 P06 A01", BROKEN),
    ("this machine as IPv6", listed("https://[::ffff:127.0.0.1]"), "T06 P06 A01", BROKEN),
    ("this machine with a dot", listed("https://localhost."), "T06 P06 A01", BROKEN),
    ("metadata redirects to this machine", mcp(f"{RESOURCE}/mcp", redirect("https://127.0.0.1/x")),
     "T06 C03 P01 P06", BROKEN),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected", "word"), [each[1:] for each in PUBLIC], ids=[e[0] for e in PUBLIC])
def test_a_public_server(
    change: Change, expected: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with public(tmp_path, change) as (made, environ):
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        found = probe(made.url)
    assert (failed(found), found.verdict.kind) == (set(expected.split()), word)


HEAD = b'WWW-Authenticate: Bearer resource_metadata="%s", scope="tools"\r\n'
TRANSPORTS = {
    "HTTP/1.0": (b"HTTP/1.0 401 Unauthorized\r\n" + HEAD + b"\r\n"),
    "until the end": (b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n" + HEAD + b"\r\nno token"),
    "no reason": (b"HTTP/1.1 401\r\nContent-Length: 0\r\n" + HEAD + b"\r\n"),
    "chunks with extensions and a trailer": (b"HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n" + HEAD
    + b"\r\n2;name=value\r\nno\r\n0\r\nX-Trailer: 1\r\n\r\n"),
    "a hint first": (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n"
    + HEAD + b"\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("raw", TRANSPORTS.values(), ids=TRANSPORTS)
def test_http_as_it_is_spoken(raw: bytes) -> None:
    """The endpoint is a socket of its own; metadata is where it says, on another port, which C03 tells."""

    with bed() as made, speaking(raw % f"{made.mcp.url}{RESOURCE}/mcp".encode()) as url:
        made.prm["resource"] = url
        made.serve()
        found = probe(url)
    assert (failed(found), found.verdict.kind) == ({"C03"}, WARN)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "nonsense"])
def test_a_body_that_is_packed_in_any_way_is_bounded(coding: str) -> None:
    """Nobody asked for it; what is no gzip and no zlib is no JSON."""
    body = gzip.compress(b" " * (64 << 20), 1) if coding != "deflate" else zlib.compress(b" " * (64 << 20), 1)
    packed = Reply(200, (*JSON, ("Content-Encoding", coding)), body)
    found = probed(mcp(f"{RESOURCE}/mcp", packed))
    assert {"P01", "P02"} <= failed(found)
    assert found.verdict.kind == BROKEN


def test_raw_deflate_is_read() -> None:
    def pack(body: bytes) -> Reply:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return Reply(200, (*JSON, ("Content-Encoding", "deflate")), packer.compress(body) + packer.flush())

    assert probed(meta_bytes(pack)).verdict.kind == "ready"


def test_a_certificate_that_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with site(authority.server("127.0.0.1", ends=-datetime.timedelta(hours=1))) as made:
        found = probe(f"{made.url}/mcp")
        assert (failed(found), found.verdict.kind) == ({"T02"}, "inconclusive")
        assert made.asked == []


def test_how_long_a_server_asks_to_wait_is_told() -> None:
    found = probed(endpoint(Reply(429, (("Retry-After", "3600"),))))
    assert next(each.seen for each in found.results if each.check.id == "T02") == (
        "429; it asks to wait: Retry-After 3600"
    )


def test_nobody_listens() -> None:
    found = probe(f"http://127.0.0.1:{free_port()}/mcp")
    assert (failed(found), found.verdict.kind) == ({"T02"}, "inconclusive")
    assert {each.works for each in found.hosts} == {None}


def test_an_authorization_server_that_is_not_there() -> None:
    found = probed(listed(f"http://127.0.0.1:{free_port()}"))
    assert (failed(found), found.verdict.kind) == (set(), "inconclusive")
    assert results(found)["A01"] == "unknown"
