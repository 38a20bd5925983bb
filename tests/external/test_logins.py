"""Authorization servers that people really run, on this machine: what a probe says of each, and a login there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.program import Program as Unsprawl
from tests.external.npm import NODE, Program, installed
from tests.external.pypi import environment
from tests.oauth.bed import failed, probe, results, works
from tests.oauth.registrar import tried
from tests.oauth.running import free_port, python_sdk, running
from tests.report.test_contract import checked
from unsprawl.scanner.oauth import authorizing
from unsprawl.scanner.oauth.registration_checks import has_cimd, has_dcr, may_be_front
from unsprawl.scanner.report.probe_json import Probed

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(os.environ.get("UNSPRAWL_EXTERNAL") != "1", reason="set UNSPRAWL_EXTERNAL=1 to run it"),
]

SERVERS = Path(__file__).parents[1] / "servers"
OIDC_PROVIDER = Program("oidc-provider", "9.13.3", "lib/index.js")
TYPESCRIPT_SDK = Program("@modelcontextprotocol/sdk", "1.32.2", "dist/esm/server/index.js")
MINIFLARE = Program("miniflare", "4.20260426.0", "dist/src/index.js")
WORKERS_OAUTH = Program("@cloudflare/workers-oauth-provider", "1.2.3", "dist/oauth-provider.js")
FASTMCP = "fastmcp==4.1.2"


BROWSER = {"BROWSER": f"{sys.executable} {SERVERS / 'follow.py'} %s"}


@contextmanager
def oidc_provider(features: str, path: str = "", callback: str = "", document: object = None) -> Iterator[str]:
    """Its issuer."""
    port = free_port()
    words = [str(SERVERS / "oidc_provider.mjs"), str(installed(OIDC_PROVIDER)), str(port), path, features, callback]
    about = {"CLIENT_DOCUMENT": json.dumps(document)} if document is not None else {}
    with running([str(installed(NODE)), *words], port, **about) as origin:
        yield origin + path


@contextmanager
def fastmcp(kind: str, issuer: str, port: int | None = None) -> Iterator[str]:
    """The address of the MCP server."""
    port = port or free_port()
    python = environment("fastmcp", FASTMCP) / "bin" / "python"
    command = [str(python), str(SERVERS / "fastmcp_login.py"), kind, str(port), issuer]
    with running(command, port) as origin:
        yield f"{origin}/mcp"


def blocking(found: Probed) -> set[str]:
    return {each.check.id for each in found.results if each.failed and each.severity == "block"}


def test_oidc_provider_with_all_there_is() -> None:
    with oidc_provider("dcr,cimd,resource") as issuer, python_sdk("apart", issuer) as origin:
        found = probe(f"{origin}/mcp")
    seen = found.seen
    assert (found.verdict.kind, blocking(found)) == ("ready", set())
    assert (has_dcr(seen), has_cimd(seen), may_be_front(seen)) == (True, True, False)
    assert {each.check.id for each in found.results if each.result == "pass"} >= {"A02", "A06", "A10", "A13"}


def test_oidc_provider_with_a_path_and_for_registered_clients_only() -> None:
    with oidc_provider("none", "/tenant") as issuer, python_sdk("apart", issuer) as origin:
        found = probe(f"{origin}/mcp")
    assert found.seen.server is not None
    assert (found.verdict.kind, found.seen.server.source) == ("needs-client", "openid")


def test_fastmcp_spells_the_issuer_with_a_slash_that_is_not_there() -> None:
    with oidc_provider("dcr,cimd") as issuer, fastmcp("remote", issuer) as url:
        found = probe(url)
    assert found.verdict.kind == "ready-with-warnings"
    assert "A02" in failed(found)
    assert {name for name, goes in works(found).items() if goes is False} == {"python-sdk-2.3", "typescript-sdk-2"}


def test_the_front_of_fastmcp() -> None:
    with oidc_provider("none") as issuer, fastmcp("proxy", issuer) as url:
        found = probe(url)
    assert found.verdict.kind == "ready"
    assert may_be_front(found.seen)


@contextmanager
def typescript_sdk() -> Iterator[str]:
    """The address of its demo."""
    port, auth = free_port(), free_port()
    sdk = installed(TYPESCRIPT_SDK).parents[1]
    words = [str(SERVERS / "typescript_sdk.mjs"), str(sdk), str(port), str(auth)]
    with running([str(installed(NODE)), *words], port) as origin:
        yield f"{origin}/mcp"


@contextmanager
def workers_oauth(*words: str) -> Iterator[str]:
    """The address of the server under workerd."""
    port = free_port()
    script = [str(SERVERS / "workers_oauth.mjs"), str(installed(MINIFLARE)), str(installed(WORKERS_OAUTH)), str(port)]
    with running([str(installed(NODE)), *script, *words], port) as origin:
        yield f"{origin}/mcp"


def test_the_demo_of_the_typescript_sdk() -> None:
    with typescript_sdk() as url:
        found = probe(url)
    assert (found.verdict.kind, blocking(found)) == ("ready", set())
    assert (has_dcr(found.seen), has_cimd(found.seen)) == (True, False)
    assert str(found.seen.issuer_written).endswith("/")


@pytest.mark.parametrize("cimd", [True, False], ids=["with documents", "without"])
def test_the_provider_of_cloudflare_under_workerd(cimd: bool) -> None:
    with workers_oauth(*(["cimd"] if cimd else [])) as url:
        found = probe(url)
    assert (found.verdict.kind, blocking(found)) == ("ready", set())
    assert (has_dcr(found.seen), has_cimd(found.seen), may_be_front(found.seen)) == (True, cimd, True)


# With a client of our own: what only a client can see, and that nothing of it stays where that can be helped.


def ended(found: Probed) -> list[str]:
    """What became of each client."""
    assert found.seen.attempt is not None
    return [each.end.value for each in found.seen.attempt.registrations]


def told(found: Probed, *checks: str) -> list[str]:
    return [results(found)[each] for each in checks]


def test_a_client_at_oidc_provider_is_deleted_again() -> None:
    with oidc_provider("dcr,cimd,resource") as issuer, python_sdk("apart", issuer) as origin:
        found = tried(f"{origin}/mcp")
    assert (found.verdict.kind, ended(found)) == ("ready", ["deleted"])
    assert told(found, "R04", "R06", "R09", "R10", "A15", "A16", "A17", "L07", "F02") == ["pass"] * 9
    assert told(found, "F01", "F03", "L01") == ["unknown"] * 3


def test_oidc_provider_really_forgets_the_client() -> None:
    """Asked with the client's id again, it knows nobody."""
    with oidc_provider("dcr,cimd,resource") as issuer, python_sdk("apart", issuer) as origin:
        found = tried(f"{origin}/mcp")
        assert found.seen.attempt is not None
        client = found.seen.attempt.client
        assert client is not None
        wanted = authorizing.Wanted(client.client_id, client.redirects[0], f"{origin}/mcp", "tools")
        asked = authorizing.request(f"{issuer}/auth", wanted)
        answer = httpx.get(asked)
        assert (answer.status_code, "invalid_client" in answer.text) == (400, True)


def test_oidc_provider_that_knows_no_resource_refuses_every_mcp_client() -> None:
    with oidc_provider("dcr") as issuer, python_sdk("apart", issuer) as origin:
        found = tried(f"{origin}/mcp")
    assert (found.verdict.kind, blocking(found), ended(found)) == ("broken", {"L01"}, ["deleted"])


def test_a_client_at_the_python_sdk_stays_behind() -> None:
    with python_sdk("both") as origin:
        found = tried(f"{origin}/mcp")
    assert (found.verdict.kind, ended(found)) == ("ready", ["left"])
    assert told(found, "R04", "R09", "A15", "A16", "L07", "F02") == ["pass"] * 6
    assert told(found, "R06", "R10") == ["fail", "fail"]
    with python_sdk("legacy") as origin:
        assert tried(f"{origin}/mcp").verdict.kind == "legacy"


def test_the_demo_of_the_typescript_sdk_lets_anybody_in() -> None:
    port, auth = free_port(), free_port()
    sdk = installed(TYPESCRIPT_SDK).parents[1]
    words = [str(SERVERS / "typescript_sdk.mjs"), str(sdk), str(port), str(auth)]
    with running([str(installed(NODE)), *words], port) as origin:
        found = tried(f"{origin}/mcp")
    assert (found.verdict.kind, ended(found)) == ("ready-with-warnings", ["left"])
    assert told(found, "R04", "A15", "A16", "L07", "F01") == ["pass"] * 5
    assert told(found, "A17", "F02") == ["fail", "unknown"]


@pytest.mark.parametrize(("kind", "word", "front", "asks"), [
    ("proxy", "ready", "unknown", "pass"),
    ("hasty", "ready-with-warnings", "fail", "fail"),
])  # fmt: skip
def test_the_front_of_fastmcp_with_and_without_consent(kind: str, word: str, front: str, asks: str) -> None:
    with oidc_provider("none") as issuer, fastmcp(kind, issuer) as url:
        found = tried(url)
    assert found.verdict.kind == word
    assert told(found, "F01", "F02", "R04", "A16", "L07") == [front, asks, "pass", "pass", "pass"]
    assert told(found, "F03") == ["pass" if kind == "proxy" else "unknown"]


@pytest.mark.parametrize(("more", "word", "front", "asks"), [
    ([], "ready", "unknown", "pass"),
    (["cimd", "front"], "ready-with-warnings", "fail", "fail"),
], ids=["its own page", "straight on"])  # fmt: skip
def test_a_client_at_the_provider_of_cloudflare(more: list[str], word: str, front: str, asks: str) -> None:
    port = free_port()
    words = [str(SERVERS / "workers_oauth.mjs"), str(installed(MINIFLARE)), str(installed(WORKERS_OAUTH)), str(port)]
    with running([str(installed(NODE)), *words, *more], port) as origin:
        found = tried(f"{origin}/mcp")
    assert (found.verdict.kind, ended(found)) == (word, ["left"])
    assert told(found, "F01", "F02", "R04", "R06", "R09", "A16", "L07") == [front, asks, *["pass"] * 5]


# Whole logins, with `unsprawl login` as a program.


def logged_in(start: Unsprawl, url: str, *words: str, outcome: str = "signed-in") -> dict[str, Any]:
    """What a login as a program came to."""
    done = start("login", url, *words, "--format", "json", env=BROWSER)
    login: dict[str, Any] = checked(done.stdout, "login")["login"]
    assert login["outcome"] == outcome, login["reason"] + done.stderr
    if outcome == "signed-in":
        assert login["tools"] == ["say_hello"]
    return login


def undone(login: dict[str, Any]) -> set[tuple[str, bool]]:
    return {(each["what"], each["done"]) for each in login["undone"]}


def made(login: dict[str, Any]) -> dict[str, str]:
    """The checks that a login makes: L07 is one that an authorization request may have made before."""
    mine = [each for each in login["checks"] if each["phase"] in ("login", "deep") or each["id"] == "L07"]
    return {each["id"]: each["result"] for each in mine}


EVERYTHING = {("refresh token", True), ("access token", True), ("client", True)}
SOUND = dict.fromkeys(("L01", "L02", "L03", "L04", "L06", "L07", "L08", "L09", "L10", "L11", "L12"), "pass")


def test_a_login_with_the_python_sdk(start: Unsprawl) -> None:
    with python_sdk("demo") as origin:
        login = logged_in(start, f"{origin}/mcp", "--deep", "--yes")
    assert undone(login) == {("refresh token", True), ("access token", True), ("client", False)}
    assert (login["revoked_token_answered"], login["protocol"]) == (401, "2026-07-28")
    assert made(login) == {**SOUND, "L05": "unknown", "F04": "unknown"}


def test_a_login_with_the_typescript_sdk(start: Unsprawl) -> None:
    with typescript_sdk() as url:
        login = logged_in(start, url)
    assert undone(login) == {("access token", False), ("client", False)}
    assert {each["how"] for each in login["undone"]} == {
        "the authorization server offers no revocation", "the authorization server offers no deletion",
    }  # fmt: skip
    assert [each["client_id"] for each in login["undone"]] == [None, login["client"]["id"]]


def test_a_login_with_oidc_provider(start: Unsprawl) -> None:
    """Which asks for a login and for consent, rotates, revokes, and deletes the client."""
    with oidc_provider("dcr,cimd,resource,login") as issuer, python_sdk("asking", issuer) as origin:
        login = logged_in(start, f"{origin}/mcp", "--deep", "--yes")
    assert (undone(login), login["revoked_token_answered"]) == (EVERYTHING, 401)
    assert (login["client"]["way"], login["sign_ins"]) == ("registered", 4)
    assert made(login) == {**SOUND, "L05": "unknown", "F04": "unknown"}


def test_a_login_with_a_client_metadata_document(start: Unsprawl) -> None:
    name, back = "https://client.example.com/unsprawl.json", f"http://127.0.0.1:{free_port()}/callback"
    document = {
        "client_id": name, "client_name": "unsprawl", "redirect_uris": [back], "application_type": "native",
        "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"],
    }  # fmt: skip
    with (
        oidc_provider("dcr,cimd,resource,login", document=document) as issuer,
        python_sdk("asking", issuer) as origin,
    ):
        login = logged_in(start, f"{origin}/mcp", "--client-metadata", name, "--callback", back)
    assert login["client"] == {"way": "document", "id": name}
    assert undone(login) == {("refresh token", True), ("access token", True)}
    assert login["revoked_token_answered"] == 401


def test_a_login_with_a_client_that_was_registered_by_hand(start: Unsprawl) -> None:
    back = f"http://127.0.0.1:{free_port()}/callback"
    with oidc_provider("resource,login", callback=back) as issuer, python_sdk("asking", issuer) as origin:
        url = f"{origin}/mcp"
        needs = logged_in(start, url, outcome="needs-client")
        assert needs["client"] is None
        words = ("login", url, "--client-id", "front", "--secret", "--callback", back, "--format", "json")
        done = start(*words, env={**BROWSER, "UNSPRAWL_CLIENT_SECRET": "no-secret-of-anybody"})
        login = checked(done.stdout, "login")["login"]
        assert (login["outcome"], login["client"]) == ("signed-in", {"way": "given", "id": "front"}), login["reason"]
        assert (undone(login), login["revoked_token_answered"]) == ({("access token", True)}, 401)
        assert "no-secret-of-anybody" not in done.stdout + done.stderr


def test_a_login_through_the_front_of_fastmcp(start: Unsprawl) -> None:
    """Its consent page, then the sign-in of the provider behind it. It takes tokens that it says are revoked."""
    port = free_port()
    with (
        oidc_provider("login", callback=f"http://127.0.0.1:{port}/auth/callback") as issuer,
        fastmcp("front", issuer, port) as url,
    ):
        login = logged_in(start, url)
    assert undone(login) == {("access token", True), ("client", False)}
    assert login["revoked_token_answered"] == 200
    assert (made(login)["L05"], made(login)["F04"]) == ("pass", "pass")


def test_fastmcp_with_a_slash_too_many_is_not_logged_in_to(start: Unsprawl) -> None:
    with oidc_provider("dcr,cimd") as issuer, fastmcp("remote", issuer) as url:
        login = logged_in(start, url, outcome="refused")
    assert "A02" in login["reason"]


def test_a_login_with_the_provider_of_cloudflare_under_workerd(start: Unsprawl) -> None:
    with workers_oauth() as url:
        login = logged_in(start, url)
    assert undone(login) == {("refresh token", True), ("access token", True), ("client", False)}
    assert login["revoked_token_answered"] == 401
    assert {made(login)[check] for check in ("L01", "L02", "L03", "L04", "L09", "L10")} == {"pass"}
