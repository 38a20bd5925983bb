"""Servers that log in with each product of the table: what the probe makes of metadata as these products publish them.

The real workers-oauth-provider is probed in tests/external; the others are services, or cannot be had from a registry.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program
from tests.oauth.bed import AUTH_NAME, MCP_NAME, SERVER, Bed, public
from tests.report.test_contract import checked
from unsprawl.rules.bundle_approaches import SYSTEMS
from unsprawl.scanner.logins import login_of, logins

ROWS = {each["login"]: each for each in SYSTEMS if each["kind"] == "login"}


def metadata(made: Bed, issuer: str, authorize: str, token: str, register: str, *, cimd: bool) -> None:
    """Publish these; the paths stand behind the issuer."""
    base, origin = issuer.rstrip("/"), "/".join(issuer.split("/")[:3])
    made.prm["authorization_servers"] = [issuer]
    made.metadata |= {
        "issuer": issuer,
        "authorization_endpoint": base + authorize,
        "token_endpoint": base + token,
        "registration_endpoint": base + register,
        "client_id_metadata_document_supported": cimd,
    }
    made.metadata_at = SERVER + base.removeprefix(origin)


def of_workers(made: Bed) -> None:
    """The provider and the server are one worker."""
    made.auth.url = made.mcp.url
    metadata(made, made.mcp.url, "/authorize", "/token", "/register", cimd=True)
    made.auth.routes = made.mcp.routes


PUBLISHED: dict[str, tuple[str, Any]] = {
    "workos-authkit": (
        "demo-42.authkit.app",
        lambda made: metadata(
            made, made.auth.url, "/oauth2/authorize", "/oauth2/token", "/oauth2/register", cimd=True
        ),
    ),
    "auth0": (
        "demo.eu.auth0.com",
        lambda made: metadata(made, f"{made.auth.url}/", "/authorize", "/oauth/token", "/oidc/register", cimd=True),
    ),
    "authlete": (
        AUTH_NAME,
        lambda made: metadata(made, made.auth.url, "/api/authorization", "/api/token", "/api/register", cimd=True),
    ),
    "keycloak": (
        AUTH_NAME,
        lambda made: metadata(
            made, f"{made.auth.url}/realms/demo", "/protocol/openid-connect/auth", "/protocol/openid-connect/token",
            "/clients-registrations/openid-connect", cimd=False,
        ),
    ),
    "stytch": (
        "demo-1234.customers.stytch.com",
        lambda made: metadata(
            made, made.auth.url, "/v1/oauth2/authorize", "/v1/oauth2/token", "/v1/oauth2/register", cimd=True
        ),
    ),
    "cloudflare-workers-oauth-provider": (AUTH_NAME, of_workers),
}  # fmt: skip
"""By product: the name that it runs under, and what makes the bed one of it."""
NAMELESS = {"authlete", "cloudflare-workers-oauth-provider"}
"""They run under any name and spell nothing in their own way: no look from outside tells them apart."""


def test_every_product_of_the_table_is_here() -> None:
    assert set(PUBLISHED) == set(ROWS)


@pytest.mark.parametrize("product", PUBLISHED)
def test_a_server_with_this_login(product: str, start: Program, tmp_path: Path) -> None:
    name, change = PUBLISHED[product]
    folder = tmp_path / "authority"
    folder.mkdir()
    with public(folder, change, name) as (made, environ):
        done = start("probe", made.url, "--format", "json", env=environ)
        shown = start("probe", made.url, env=environ).stdout
    (found,) = checked(done.stdout, "probe")["probes"]
    assert found["verdict"] in ("ready", "ready-with-warnings"), json.dumps(found, indent=1)
    assert not [each for each in found["checks"] if each["result"] == "fail" and each["severity"] == "block"]
    offered = found["registration"]
    assert offered["dcr"] is True
    assert (2 if offered["cimd"] else 3) == ROWS[product]["rank"]
    works = {each["id"]: each["works"] for each in found["hosts"]}
    assert True in works.values()
    assert False not in (works["codex"], works["vscode"], works["claude-code"])
    known = next(each for each in logins() if each.id == product)
    assert known.rank == ROWS[product]["rank"]
    if product in NAMELESS:
        assert found["as"]["product"] is None
        assert known.name not in shown
        return
    assert found["as"]["product"] == {"id": product, "name": known.name, "mind": known.mind or None}
    assert known.name in shown
    assert known.mind in " ".join(shown.split())


REALM = "https://kc.corp.example/realms/a"
OPENID = "/protocol/openid-connect/token"


@pytest.mark.parametrize(
    ("issuer", "token", "product"),
    [
        ("https://x.authkit.app", None, "workos-authkit"),
        ("https://authkit.app.evil.example", None, None),
        ("https://evilauthkit.app", None, None),
        ("https://x.AUTH0.com/", None, "auth0"),
        (REALM, REALM + OPENID, "keycloak"),
        (REALM.replace("/realms", "/auth/realms") + "/", REALM.replace("/realms", "/auth/realms") + OPENID, "keycloak"),
        (REALM, f"https://other.example/realms/a{OPENID}", None),
        (REALM, "https://kc.corp.example/token", None),
        (REALM, [REALM + OPENID], None),
        (REALM, None, None),
        ("https://[broken", None, None),
        (f"https://{MCP_NAME}", None, None),
    ],
)  # fmt: skip
def test_what_an_issuer_is(issuer: str, token: object, product: str | None) -> None:
    found = login_of(issuer, token)
    assert (found.id if found is not None else None) == product
