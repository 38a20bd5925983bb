"""How a client is registered for a host at a vendor: sentences from facts, and what they must never ask for."""

from __future__ import annotations

import json
import re

import pytest

from unsprawl.rules import build
from unsprawl.scanner.hosts import host, hosts
from unsprawl.scanner.own_client import EXAMPLE_PORT, own_client
from unsprawl.scanner.remotes.catalogue import LISTED, by_id, services

NEEDS = [each for each in services() if each.registration in LISTED]


@pytest.mark.parametrize(
    ("name", "service", "needed", "parts"),
    [
        ("claude-code", "slack", False, ["1601185624273.8899143856786", "the port 3118 as oauth.callbackPort"]),
        ("cursor", "slack", False, ["3660753192626.8903469228982", "auth.CLIENT_ID"]),
        ("codex", "slack", True, ["a Slack app of your own", "Switch MCP on", ":8765/callback/<id of the address>"]),
        ("claude-code", "asana", True, ["an MCP app in the Asana developer console", "http://localhost:8765/callback",
                                        "--client-secret asks for it, or takes it from MCP_CLIENT_SECRET"]),
        ("opencode", "hubspot", True, ["an MCP auth app in HubSpot", "http://127.0.0.1:19876/mcp/oauth/callback",
                                       "only from its own, as oauth.clientSecret"]),
        ("cursor", "box", True, ["http://localhost:8787/callback", "cursor://anysphere.cursor-mcp/oauth/callback",
                                 "one secret in the place of another"]),
        ("gemini-cli", "gmail", True, ["an OAuth client for web applications in the Google", "Gmail MCP API",
                                       "logins end after 7 days", "oauth.redirectUri keeps it the same"]),
        ("claude-code", "azure-devops", True, ["an app registration in the Microsoft Entra", "AADSTS9010010",
                                               "without a client secret"]),
        ("vscode", "azure-devops", False, ["lets Visual Studio Code in"]),
        ("vscode", "github", False, ["lets Visual Studio Code in"]),
        ("claude-code", "github", True, ["a GitHub App or an OAuth app in the developer settings of GitHub"]),
        ("mcporter", "hubspot", True, ["`oauthClientSecretEnv` in the entry names the variable"]),
        ("amp", "snowflake", True, ["a security integration", "`amp mcp oauth login NAME --client-id`"]),
        ("codex", "square", True, ["keeps a list of the hosts", "stays with a key"]),
        ("goose", "square", False, ["lets goose in"]),
        ("claude-code", "ahrefs", True, ["forbids OAuth clients of one's own"]),
        ("claude-desktop", "asana", True, ["http://localhost:8765/oauth/callback", "--static-oauth-client-info",
                                           "start the entry in Claude Desktop"]),
        ("trae", "asana", True, ["not certain", "is not known"]),
        ("claude-code", "linear", False, ["registers itself there"]),
        ("copilot-cli", "expo", True, ["client metadata documents alone", "stays with a key"]),
        ("gemini-cli", "expo", True, ["--cimd-for gemini-cli", "as its client id: oauth.clientId"]),
        ("claude-desktop", "expo", True, ["--client-metadata-url"]),
        ("claude-code", "expo", False, ["registers itself there"]),
        ("trae", "linear", None, ["Register a client"]),
    ],
)  # fmt: skip
def test_host_by_vendor(name: str, service: str, needed: bool | None, parts: list[str]) -> None:
    made = own_client(host(name), by_id()[service])
    told = "\n".join(made.steps)
    assert made.needed is needed
    for part in parts:
        assert part in told


@pytest.mark.parametrize("name", [each.id for each in hosts()])
def test_no_step_asks_to_write_a_secret_into_a_file(name: str) -> None:
    for service in (None, *NEEDS):
        made = own_client(host(name), service)
        for step in made.steps:
            assert step.endswith(".")
            assert "<port>" not in step
            assert not re.search(r"[Ww]rite .{0,30}secret", step)
        assert not any(
            "secret" in step.lower() and "into no file" not in step and "without a" not in step for step in made.steps
        )
        assert not any("<port>" in url for url in made.redirects)
        if made.needed and made.redirects:
            shown = "\n".join(made.steps)
            assert all(url in shown for url in made.redirects)
        if any(f":{EXAMPLE_PORT}/" in url for url in made.redirects):
            assert any("is an example" in step for step in made.steps)


@pytest.mark.parametrize(
    ("name", "offered", "needed"),
    [
        ("claude-code", (True, False), False), ("claude-code", (False, True), False),
        ("claude-code", (False, False), True),
        ("gemini-cli", (True, False), True), ("gemini-cli", (False, True), False), ("cursor", (True, False), None),
        ("claude-desktop", (False, True), False), ("claude-desktop", (True, False), True), ("trae", (True, True), None),
        ("codex", None, None),
    ],
)  # fmt: skip
def test_what_a_probe_saw_decides_where_no_vendor_is_known(
    name: str, offered: tuple[bool, bool] | None, needed: bool | None
) -> None:
    assert own_client(host(name), None, "https://auth.example.com", offered).needed is needed


def test_what_a_vendor_does_counts_for_more_than_its_metadata() -> None:
    assert own_client(host("codex"), by_id()["square"], "https://mcp.squareup.com", (False, True)).needed is True
    assert own_client(host("opencode"), by_id()["figma"], "", (True, True)).needed is True


@pytest.mark.parametrize(
    ("issuer", "part"),
    [
        ("https://tenant.eu.auth0.com/", "in the dashboard of the tenant"),
        ("https://login.microsoftonline.com/abc/v2.0", "Microsoft Entra admin center"),
        ("https://accounts.google.com", "Google Cloud console"),
        ("https://cognito-idp.example", "Register a client with the vendor"),
    ],
)
def test_the_product_that_logins_are_made_with_is_known_by_its_issuer(issuer: str, part: str) -> None:
    assert part in "\n".join(own_client(host("claude-code"), None, issuer, (False, False)).steps)


def test_every_way_of_registering_has_its_source() -> None:
    for service in services():
        if service.register.what or service.register.steps or service.register.closed:
            assert service.register.sources
    assert {each.id for each in services() if each.register.what} >= {
        "asana",
        "slack",
        "hubspot",
        "box",
        "figma",
        "salesforce",
    }


def test_vendors_and_products_are_told_of_with_the_same_keys() -> None:
    names = ("remotes.schema.json", "authorization_servers.schema.json")
    one, other = (json.loads((build.FOLDER / name).read_text("utf-8"))["$defs"]["register"] for name in names)
    assert one == other
