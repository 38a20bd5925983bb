"""The traps that vendors have set, each with an answer as they give it: a status alone says little."""

from __future__ import annotations

import json

import pytest

from tests.validate.bed import written
from unsprawl.rules.bundle_checks import CHECKS
from unsprawl.rules.check import checks
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.validate.judge import judged

GOOD = frozenset({"live", "live_restricted"})
DEAD = frozenset({"invalid", "revoked", "expired"})
TRAPS: dict[str, tuple[int, frozenset[str], dict[str, object]]] = {
    "200 with an error inside": (
        200,
        DEAD,
        {
            "slack-bot": {"ok": False, "error": "invalid_auth"},
            "mapbox": {"code": "TokenInvalid"},
            "zendesk-token": {"user": {"id": None, "name": "Anonymous user"}},
            "apollo": {"healthy": True, "is_logged_in": False},
            "sonar": {"valid": False},
            "monday-token": {"errors": ["Not Authenticated"]},
            "newrelic-user": {"data": {"actor": {"user": None}}},
            "fly": {"errors": [{"message": "You must be authenticated", "extensions": {"code": "unauthorized"}}]},
            "etherscan": {"status": "0", "result": "Invalid API Key"},
            "sentry-user": {"version": "0", "auth": None, "user": None},
            "sourcegraph": {"data": {"currentUser": None}},
            "xai": {"api_key_disabled": True},
            "cloudflare-api-token": {"result": {"status": "disabled"}},
        },
    ),
    "403 that means live": (
        403,
        GOOD,
        {
            "github-pat-classic": {"message": "Resource protected by organization SAML enforcement"},
            "gitlab-pat": {"error": "insufficient_scope"},
            "stripe-restricted": {"error": {"message": "The provided key does not have the required permissions"}},
            "sendgrid": {"errors": [{"message": "access forbidden"}]},
            "grafana-sa": {"message": "You'll need additional permissions"},
            "grafana-cloud": {"code": "Forbidden"},
            "pinecone": {"error": {"code": "FORBIDDEN"}},
            "google-api-key": {"error": {"details": [{"reason": "SERVICE_DISABLED"}]}},
            "digitalocean": {"id": "forbidden"},
            "harness": {"code": "NG_ACCESS_DENIED"},
            "heroku": {"id": "forbidden"},
            "rubygems": "not allowed",
            "figma": {"err": "Invalid scope(s): files:read"},
        },
    ),
    "403 that means dead": (
        403,
        DEAD,
        {
            "vercel": {"error": {"code": "forbidden", "invalidToken": True}},
            "datadog": {"errors": ["Forbidden"]},
            "vault": {"errors": ["permission denied"]},
            "aws-access-key": {"Error": {"Code": "InvalidClientTokenId"}},
            "figma": {"err": "Invalid token"},
            "pypi": "Invalid or non-existent authentication information.",
            "crates-io": {"errors": [{"detail": "must be logged in to perform that action"}]},
            "qdrant": "Forbidden",
            "crowdstrike": {"errors": [{"code": 403}]},
            "databricks-pat": {"message": "Invalid access token."},
            "salesforce": "Bad_OAuth_Token",
            "paddle": {"error": {"code": "authentication_invalid"}},
        },
    ),
    "401 that means live": (
        401,
        GOOD,
        {
            "elevenlabs": {"detail": {"status": "missing_permissions"}},
            "resend": {"name": "restricted_api_key"},
        },
    ),
    "401 that proves nothing": (
        401,
        frozenset({"unknown"}),
        {
            "google-auth-key": {"error": {"details": [{"reason": "ACCESS_TOKEN_TYPE_UNSUPPORTED"}]}},
            "onepassword-sa": {"Error": {"Message": "Unauthorized access"}},
            "confluent": {"errors": [{"status": "401"}]},
        },
    ),
    "400 that means live": (
        400,
        GOOD,
        {
            "neon": {"message": "org_id is required"},
            "pagerduty": {"error": {"message": "requesting user is needed"}},
            "pypi": "Include at least one message digest.",
            "ngrok": {"error_code": "ERR_NGROK_206"},
            "slack-webhook": "no_text",
        },
    ),
    "400 that means dead": (
        400,
        DEAD,
        {
            "google-api-key": {"error": {"details": [{"reason": "API_KEY_INVALID"}]}},
            "google-oauth-access": {"error": "invalid_token"},
            "linear-api-key": {"errors": [{"extensions": {"code": "AUTHENTICATION_ERROR"}}]},
            "xai": {"error": "Incorrect API key provided"},
            "azure-client-secret": {"error_description": "AADSTS700016: Application was not found"},
        },
    ),
    "errors of a server that are no verdict": (
        200,
        frozenset({"unknown"}),
        {
            "linear-api-key": {"errors": [{"message": "internal"}], "data": None},
            "railway": {"errors": [{"message": "Not Authorized"}], "data": None},
            "slack-bot": {"ok": False, "error": "internal_error"},
            "openai-project": {"object": "error"},
        },
    ),
    "overload that is no verdict": (529, frozenset({"unknown"}), {"anthropic-api": {"type": "error"}}),
    "busy, in words of their own": (
        400,
        frozenset({"rate_limited"}),
        {"linear-api-key": {"errors": [{"extensions": {"code": "RATELIMITED"}}]}},
    ),
}
CASES = [
    pytest.param(rule, status, states, body, id=f"{trap}: {rule}")
    for trap, (status, states, bodies) in TRAPS.items()
    for rule, body in bodies.items()
]


@pytest.mark.parametrize(("rule", "status", "states", "body"), CASES)
def test_trap(rule: str, status: int, states: frozenset[str], body: object) -> None:
    kind = "text/html" if isinstance(body, str) else "application/json"
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    check = checks(rule)[0]
    plain = isinstance(body, str) and not check.pages
    headers = (("content-type", "text/plain" if plain else kind),)
    assert judged(check, Answer("https://x", status, headers, data), {"token": "x"}).state in states


@pytest.mark.parametrize(
    ("rule", "avoided"),
    [
        ("openrouter", "/models"),  # answers anybody
        ("amplitude", "api2.amplitude.com"),  # stores an event
        ("telegram-bot", "logOut"),
        ("slack-app", "apps.connections.open"),
        ("github-pat-classic", "/credentials/revoke"),
        ("google-api-key", "generativelanguage"),  # refuses keys that are live elsewhere
        ("perplexity", "https://api.perplexity.ai/chat"),  # costs
    ],
)
def test_addresses_that_are_not_asked(rule: str, avoided: str) -> None:
    assert not any(avoided in check.url for check in checks(rule))


@pytest.mark.parametrize("rule", ["cerebras", "smithery", "sonar"])
def test_servers_that_may_answer_anybody(rule: str) -> None:
    assert all(check.control for check in checks(rule))


def test_tokens_that_a_use_would_end_are_left_alone() -> None:
    """The exchange of a refresh token takes it, or makes another."""
    for rule in ("github-refresh", "linkedin-cookie", "zapier-mcp"):
        assert rule not in CHECKS
    assert checks("google-oauth-refresh")[0].traces
    assert checks("slack-config")[0].only == (("token", r"xoxe\.xox[bp]-.+"),)


@pytest.mark.parametrize("rule", sorted(CHECKS))
def test_what_makes_a_token_says_so(rule: str) -> None:
    """Whoever adds a check that exchanges credentials cannot forget it."""
    for raw in written(rule):
        text = json.dumps(raw.get("body", {}))
        if "client_credentials" in text or '"refresh_token"' in text:
            assert raw.get("traces"), rule
