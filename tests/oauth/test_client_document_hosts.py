"""Which hosts could use a client ID metadata document, and the documents that are written for them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.oauth.test_client_document import ADDRESS, ADDRESSES, GOOD
from unsprawl.scanner.hosts import host, hosts
from unsprawl.scanner.oauth.client_document import Word, of_file, word_of
from unsprawl.scanner.oauth.client_document_checks import evaluated
from unsprawl.scanner.oauth.client_document_hosts import users
from unsprawl.scanner.oauth.client_document_write import written
from unsprawl.scanner.report.client_document_report import judged_document

ZED = host("zed").oauth.cimd_url
PORT = "http://localhost:3118/callback"


def told(name: str, redirects: list[str], address: str = ADDRESS, **more: Any) -> tuple[bool | None, str] | None:
    data = {**GOOD, "client_id": address, "redirect_uris": redirects, **more}
    made = of_file("client.json", json.dumps(data).encode(), address)
    found = {each.id: each for each in users(made)}
    return (found[name].works, found[name].reason) if name in found else None


@pytest.mark.parametrize(
    ("name", "redirects", "works", "part"),
    [
        ("claude-code", [PORT], True, "as oauth.clientId, and port 3118 as oauth.callbackPort"),
        ("claude-code", ["http://localhost/callback"], None, "RFC 8252"),
        ("claude-code", ["http://127.0.0.1:3118/callback"], False, "not listed"),
        ("claude-code", ["http://localhost:3118/oauth/callback"], False, "not listed"),
        ("claude-code", ["https://localhost:3118/callback"], False, "not listed"),
        ("codex", ["http://127.0.0.1:3118/callback/abc", "http://127.0.0.1/callback"], False, "of its own for each"),
        ("vscode", ["http://127.0.0.1:33418/"], True, "with its address as oauth.clientId"),
        ("vscode", ["https://vscode.dev/redirect"], True, ""),
        ("vscode", ["http://127.0.0.1:4000"], None, "RFC 8252"),
        ("cursor", ["http://localhost:8787/callback"], True, "auth.CLIENT_ID"),
        ("opencode", ["http://127.0.0.1:19876/mcp/oauth/callback"], True, "oauth.clientId"),
        ("opencode", [PORT], None, f"if it takes {PORT} as oauth.redirectUri"),
        ("gemini-cli", ["http://localhost:7777/oauth/callback"], True, "7777/oauth/callback as oauth.redirectUri"),
        ("mistral-vibe", ["http://127.0.0.1:3118/callback"], True, "auth.client_metadata_url, and port 3118 as"),
        ("devin", [PORT], None, "not known"),
        ("qwen-code", [PORT], None, "as oauth.redirectUri"),
        ("qwen-code", ["https://h.example/cb"], False, "not listed"),
        ("mcp-remote", ["http://localhost:3334/oauth/callback"], True, "--client-metadata-url, and port 3334"),
        ("mcp-remote", ["http://localhost/oauth/callback"], None, "RFC 8252"),
    ],
)  # fmt: skip
def test_a_host_finds_what_it_sends(name: str, redirects: list[str], works: bool | None, part: str) -> None:
    found = told(name, redirects)
    assert found is not None
    assert found[0] is works
    assert part in found[1]


def test_a_host_that_cannot_be_told_uses_only_its_own() -> None:
    assert told("zed", ["http://127.0.0.1/callback"]) is None
    own = told("zed", ["http://127.0.0.1/callback"], ZED)
    assert own is not None
    assert own == (
        None,
        "it is its own; only at servers that let the port of this machine's addresses vary (RFC 8252 7.3)",
    )


def test_no_host_holds_a_key() -> None:
    found = told("claude-code", [PORT], token_endpoint_auth_method="private_key_jwt", jwks_uri=ADDRESS)
    assert found == (False, "it has no key to prove itself with: token_endpoint_auth_method must be none")


def test_nobody_could_use_what_servers_refuse() -> None:
    data = {**GOOD, "client_secret": "x"}
    assert judged_document(of_file("c.json", json.dumps(data).encode(), ADDRESS)).hosts == ()
    assert judged_document(of_file("c.json", b"{", ADDRESS)).hosts == ()


SENDERS = [each for each in hosts() if written(ADDRESS, "x", [each]).document["redirect_uris"]]


@pytest.mark.parametrize("name", [each.id for each in SENDERS])
@pytest.mark.parametrize("ports", [[], [3118]], ids=["any port", "one port"])
def test_what_is_written_passes_every_check(name: str, ports: list[int]) -> None:
    made = written(ADDRESS, "Tickets", [host(name)], ports)
    document = of_file("c.json", json.dumps(made.document).encode(), ADDRESS)
    results = evaluated(document)
    assert word_of(document, results) is Word.VALID
    assert {each.check.id for each in results if each.failed} <= {"D19", "D27", "D28"}
    assert made.left_out == ()
    assert not any("<" in url for url in made.document["redirect_uris"])


@pytest.mark.parametrize(
    "name", ["claude-code", "vscode", "cursor", "opencode", "gemini-cli", "mcporter", "docker-agent"]
)
def test_what_is_written_for_a_host_can_be_used_by_it(name: str) -> None:
    made = written(ADDRESS, "Tickets", [host(name)], [3118])
    document = of_file("c.json", json.dumps(made.document).encode(), ADDRESS)
    found = {each.id: each for each in users(document)}
    assert found[name].works is True


def test_the_document_for_a_host_without_logins_is_for_the_bridge() -> None:
    made = written(ADDRESS, "Tickets", [host("claude-desktop")], [3334])
    assert made.document["redirect_uris"] == ["http://localhost:3334/oauth/callback", "http://localhost/oauth/callback"]
    assert made.document["application_type"] == "native"


def test_hosts_that_cannot_be_put_in_are_named() -> None:
    made = written(ADDRESS, "Tickets", [host("codex"), host("trae"), host("claude-code")])
    assert made.document["redirect_uris"] == ["http://localhost/callback"]
    assert [each.partition(" sends")[0] for each in made.left_out] == ["Codex", "which redirect address Trae"]


def test_several_hosts_share_a_document() -> None:
    made = written(ADDRESS, "Tickets", [host("claude-code"), host("vscode"), host("claude-code")], [3118])
    listed = made.document["redirect_uris"]
    assert len(listed) == len(set(listed)) == 5
    assert "application_type" not in made.document


@pytest.mark.parametrize("name", [each.id for each in SENDERS])
def test_the_official_sdk_takes_what_is_written(name: str) -> None:
    from mcp.client.auth.utils import is_valid_client_metadata_url
    from mcp.shared.auth import OAuthClientMetadata

    document = written(ADDRESS, "Tickets", [host(name)], [3118]).document
    taken = OAuthClientMetadata.model_validate(document)
    assert [str(url).rstrip("/") for url in taken.redirect_uris or ()] == [
        url.rstrip("/") for url in document["redirect_uris"]
    ]
    assert taken.token_endpoint_auth_method == "none"
    assert is_valid_client_metadata_url(document["client_id"])


@pytest.mark.parametrize("address", [address for _, address, fails in ADDRESSES if fails in ("", "D01", "D02", "D03")])
def test_the_official_sdk_agrees_on_addresses(address: str) -> None:
    from mcp.client.auth.utils import is_valid_client_metadata_url

    document = of_file("c.json", json.dumps({**GOOD, "client_id": address}).encode(), address)
    failed = {each.check.id for each in evaluated(document) if each.failed}
    assert is_valid_client_metadata_url(address) == (not failed & {"D01", "D02", "D03"})
