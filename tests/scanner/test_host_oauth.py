"""What hosts do where a server asks for a login: the facts of the rules, and that they can be used."""

from __future__ import annotations

import re
from typing import Any

import pytest

from unsprawl.scanner.hosts import host, hosts
from unsprawl.scanner.oauth.addresses import Place, place_of
from unsprawl.scanner.oauth.clients import bridge_client

EVERY = [each.id for each in hosts()]
FACTS: list[tuple[str, dict[str, Any]]] = [
    ("claude-code", {"native": True, "cimd": True, "dcr": True, "static": True, "client_id": ("oauth", "clientId"),
                     "callback_port": ("oauth", "callbackPort"), "client_secret": (), "opt_in": ()}),
    ("codex", {"native": True, "cimd": True, "dcr": True, "client_id": ("oauth", "client_id"),
               "callback_port": ("oauth", "callback_port"), "secret_apart": ""}),
    ("gemini-cli", {"native": True, "cimd": False, "dcr": True, "redirect_uri": ("oauth", "redirectUri")}),
    ("cursor", {"native": True, "cimd": None, "dcr": True, "client_secret": ("auth", "CLIENT_SECRET")}),
    ("opencode", {"native": True, "cimd": True, "dcr": True, "redirects": ("http://127.0.0.1:19876/mcp/oauth/callback",)}),
    ("copilot-cli", {"native": True, "cimd": False, "dcr": True, "static": None}),
    ("crush", {"http_only": True, "client_id": ("oauth_client_id",)}),
    ("mistral-vibe", {"document": ("auth", "client_metadata_url")}),
    ("claude-desktop", {"native": False}),
    ("anythingllm", {"native": False}),
    ("trae", {"native": None, "cimd": None, "dcr": None, "static": None, "redirects": ()}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "facts"), FACTS, ids=[name for name, _ in FACTS])
def test_facts(name: str, facts: dict[str, Any]) -> None:
    login = host(name).oauth
    assert {key: getattr(login, key) for key in facts} == facts


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("crush", [(("oauth",), True)]),
        ("mistral-vibe", [(("auth", "type"), "oauth"), (("auth", "scopes"), ())]),
        ("kimi-cli", [(("auth",), "oauth")]),
        ("mcpo", [(("oauth", "server_url"), "https://mcp.example.com")]),
        ("mcporter", [(("auth",), "oauth")]),
        ("claude-code", []),
    ],
)
def test_what_must_be_written(name: str, wanted: list[tuple[tuple[str, ...], Any]]) -> None:
    assert [tuple(each) for each in host(name).oauth.written("https://mcp.example.com")] == wanted


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("claude-code", ("claude", "mcp", "login", "my server")),
        ("codex", ("codex", "mcp", "login", "my server")),
        ("opencode", ("opencode", "mcp", "auth", "my server")),
        ("kimi-cli", ("kimi", "mcp", "auth", "my server")),
        ("mcporter", ("mcporter", "auth", "my server")),
        ("vscode", ()),
    ],
)
def test_the_command_of_a_login(name: str, words: tuple[str, ...]) -> None:
    assert host(name).oauth.login_command("my server") == words


def test_a_file_may_differ() -> None:
    old = host("kiro-cli").at(".amazonq/mcp.json").oauth
    assert (old.client_id, old.cimd, old.redirect_uri) == ((), False, ("oauth", "redirectUri"))
    assert host("kiro-cli").oauth.client_id == ("oauth", "clientId")


def test_who_needs_a_bridge() -> None:
    needs = {each.id for each in hosts() if each.needs_bridge}
    assert needs >= {"claude-desktop", "roo-code", "void", "anythingllm", "grok-cli", "boltai"}
    assert not needs & {"claude-code", "cursor", "zed", "trae"}


@pytest.mark.parametrize("name", EVERY)
def test_facts_can_be_used(name: str) -> None:
    known = host(name)
    for login in (known.oauth, *known.file_logins.values()):
        assert login.native is not True or known.remote is not None
        assert not (login.client_secret and login.client_secret == login.client_id)
        assert not {each.path for each in login.opt_in} & {each.path for each in login.unless if each.value is None}
        for url in login.redirects:
            plain = re.sub(r":<port>|<[a-z ]+>", "", url)
            assert isinstance(place_of(plain), Place) or re.match(r"[a-z]+://", plain)
        assert login.cimd_url == "" or isinstance(place_of(login.cimd_url), Place)
        if login.native is not True:
            assert (login.login, login.in_app, login.opt_in) == ((), "", ())


@pytest.mark.parametrize("name", [each.id for each in hosts() if each.oauth.native])
def test_a_header_with_a_key_keeps_a_host_from_a_login(name: str) -> None:
    known = host(name)
    if known.rewrite_refused or known.oauth.evidence == "unverified":
        return
    wanted = f"{known.remote.headers if known.remote else ''}.Authorization"
    paths = {".".join(each.path) for each in known.oauth.unless}
    inside = {path.removeprefix(f"{known.shape.within}.") for path in paths}
    assert wanted in paths | inside or (known.remote is not None and known.remote.headers in paths)


def test_the_bridge_is_known() -> None:
    bridge = bridge_client()
    assert (bridge.dcr, bridge.client_id, bridge.document) == (
        True,
        "--static-oauth-client-info",
        "--client-metadata-url",
    )
    assert bridge.redirect_uri == "http://localhost:<port>/oauth/callback"
