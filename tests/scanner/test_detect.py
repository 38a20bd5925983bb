"""What must be found, what must not be reported, and the traps between."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unsprawl
from unsprawl.rules.load import load
from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.detect import LONGEST, judge
from unsprawl.scanner.model import Confidence, Context, Harmless, Literal, Placeholder, Reference, Severity, SlotKind

RANDOM = Random(42)
GITHUB = expand("ghp_{an:30}{chk}", RANDOM, Checksum("crc32-base62", 6, 4))
GOOGLE = expand("AIza{w:35}", RANDOM)
OPENAI = expand("sk-proj-{an:74}T3BlbkFJ{an:74}", RANDOM)
KEY = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
HEX = "9f86d081884c7d659a2f" + "eaa0c55ad015"
HEX64 = HEX + "8c3b90aa71" + "e4d2f6055b" + "19c7e83d20f4"
UUID = "7c9e6679-7425-40de-" + "944b-e07fc1f90ae7"
PASSWORD = "Xq7" + "!mR2vLp"


def jwt(payload: dict[str, object], header: dict[str, object] | None = None) -> str:
    parts = [json.dumps(part).encode() for part in (header or {"alg": "HS256", "typ": "JWT"}, payload)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "." + KEY + KEY[:11]


def basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def env(name: str, package: str = "") -> Context:
    return Context(SlotKind.ENV, name, package=package)


def header(name: str, role: str = "", host: str = "") -> Context:
    return Context(SlotKind.HEADER, name, role, host=host)


def arg(name: str = "", package: str = "", role: str = "") -> Context:
    return Context(SlotKind.ARG, name, role, package)


def query(name: str, host: str = "") -> Context:
    return Context(SlotKind.URL_QUERY, name, "query", host=host)


def segment(host: str) -> Context:
    return Context(SlotKind.URL_PATH, "", "segment", host=host)


def user(host: str) -> Context:
    return Context(SlotKind.URL_USERINFO, "", "user", host=host)


def password(host: str) -> Context:
    return Context(SlotKind.URL_USERINFO, "", "password", host=host)


OTHER = Context(SlotKind.OTHER, "description")

FOUND = [
    (GITHUB, env("GITHUB_PERSONAL_ACCESS_TOKEN"), "github-pat-classic", GITHUB),
    (GITHUB, env("CLIENT_ID"), "github-pat-classic", GITHUB),
    (f"  '{GITHUB}' ", env("GITHUB_TOKEN"), "github-pat-classic", GITHUB),
    (GITHUB, arg(), "github-pat-classic", GITHUB),
    (f"use {GITHUB} for this", OTHER, "github-pat-classic", GITHUB),
    (f"Bearer {GITHUB}", header("Authorization"), "github-pat-classic", GITHUB),
    (f"https://x:{GITHUB}@github.com/o/r", arg(), "github-pat-classic", GITHUB),
    (GOOGLE, env("GITHUB_PERSONAL_ACCESS_TOKEN"), "google-api-key", GOOGLE),
    (f"${{TOKEN:-{GITHUB}}}", env("GITHUB_TOKEN"), "github-pat-classic", GITHUB),
    (OPENAI + "${SUFFIX}", env("OPENAI_API_KEY"), "openai-project", OPENAI),
    (KEY + "${SUFFIX}", env("ACME_API_KEY"), "generic-secret", KEY),
    (HEX, env("GITHUB_API_KEY"), "generic-secret", HEX),
    (HEX, env("ELEVENLABS_API_KEY"), "elevenlabs", HEX),
    (HEX, env("TWILIO_AUTH_TOKEN"), "twilio-auth-token", HEX),
    (UUID, env("EXA_API_KEY"), "exa", UUID),
    (UUID, header("x-api-key", host="mcp.exa.ai"), "exa", UUID),
    (UUID, query("exaApiKey", "mcp.exa.ai"), "exa", UUID),
    (UUID, arg("key", "@smithery/cli"), "smithery", UUID),
    (UUID, arg("key"), "generic-secret", UUID),
    (UUID, env("CLIENT_SECRET"), "generic-secret", UUID),
    (HEX64, env("API_KEY", "@21st-dev/magic@latest"), "magic-21st", HEX64),
    (HEX64, env("API_TOKEN", "@brightdata/mcp"), "brightdata", HEX64),
    (HEX64, env("API_KEY"), "generic-secret", HEX64),
    ("/" + KEY + "/aB3+d9Q", env("AWS_SECRET_ACCESS_KEY"), "aws-access-key", None),
    (KEY, env("ACME_API_KEY"), "generic-secret", KEY),
    (KEY, arg("api-key"), "generic-secret", KEY),
    (KEY, query("token"), "generic-secret", KEY),
    (KEY, query("apiKey"), "generic-secret", KEY),
    (KEY, header("X-Api-Key"), "generic-auth-header", KEY),
    (KEY, header("X-Acme-Token"), "generic-auth-header", KEY),
    (f"Bearer {KEY}", header("Authorization"), "generic-auth-header", KEY),
    (KEY, header("Authorization", "bearer"), "generic-auth-header", KEY),
    (f"Bearer {KEY}", Context(SlotKind.ARG, "Authorization", "header"), "generic-auth-header", KEY),
    (f"Bearer {KEY}", env("AUTH_HEADER"), "generic-auth-header", KEY),
    (f"Authorization: Bearer {KEY}", env("MCP_HEADERS"), "generic-auth-header", KEY),
    (basic(f"svc:{PASSWORD}"), header("Authorization", "basic"), "generic-auth-header", None),
    (f"Basic {basic('svc:' + PASSWORD)}", header("Authorization"), "generic-auth-header", basic("svc:" + PASSWORD)),
    (PASSWORD, env("POSTGRES_PASSWORD"), "db-password", PASSWORD),
    (PASSWORD, env("VNC_PASSWORD"), "generic-password", PASSWORD),
    ("correct-horse-battery", env("SMTP_PASSWORD"), "db-password", None),
    (PASSWORD, arg("a", role="password"), "generic-password", PASSWORD),
    (PASSWORD, password("db.internal.test"), "generic-password", PASSWORD),
    (f"postgres://app:{PASSWORD}@db.internal.test/main", env("DATABASE_URL"), "uri-postgres", PASSWORD),
    (f"postgresql+asyncpg://app:{PASSWORD}@db.internal.test/main", arg(), "uri-postgres", PASSWORD),
    (f"postgres://postgres:{PASSWORD}@localhost/main", arg(), "uri-postgres", PASSWORD),
    ("mysql://app:%40Name%202320@db.internal.test/main", env("MYSQL_URL"), "uri-mysql", "%40Name%202320"),
    ("mongodb+srv://app:aB3/d9+Qx7==@c0.abcde.mongodb.test/db", env("MONGO_URI"), "uri-mongodb", "aB3/d9+Qx7=="),
    (f"redis://:{PASSWORD}@cache.internal.test:6379", arg(), "uri-redis", PASSWORD),
    (f"https://svc:{PASSWORD}@api.internal.test/x", env("BASE_URL"), "uri-basic-auth", PASSWORD),
    (f"Server=db;User Id=sa;Password={PASSWORD};", env("MSSQL_CONNECTION_STRING"), "uri-other", PASSWORD),
    (jwt({"role": "service_role", "iss": "supabase"}), env("SUPABASE_KEY"), "supabase-secret-key", None),
    (jwt({"sub": "42"}), env("N8N_API_KEY"), "jwt", None),
    (jwt({"sub": "42"}), header("Authorization", "bearer"), "jwt", None),
    (jwt({"sub": "42"}), arg("--token"), "jwt", None),
    (
        json.dumps({"Authorization": f"Bearer {KEY}", "Notion-Version": "2022-06-28"}),
        env("OPENAPI_MCP_HEADERS"),
        "generic-auth-header",
        KEY,
    ),
    (json.dumps({"TWENTY_FIRST_API_KEY": HEX64}).replace('"', '\\"'), arg("config"), "magic-21st", HEX64),
    (
        json.dumps(
            {
                "type": "service_account",
                "private_key": "-----BEGIN PRIVATE KEY-----\n" + (KEY + "\n") * 20 + "-----END PRIVATE KEY-----\n",
            }
        ),
        env("GOOGLE_APPLICATION_CREDENTIALS"),
        "google-service-account",
        None,
    ),
    (
        "-----BEGIN RSA PRIVATE KEY-----\\n" + (KEY + "\\n") * 20 + "-----END RSA PRIVATE KEY-----",
        env("PRIVATE_KEY"),
        "pem-private-key",
        None,
    ),
    (
        "river candle orbit maple falcon gravel window pepper tunnel ladder copper mirror",
        env("WALLET_MNEMONIC"),
        "bip39-mnemonic",
        None,
    ),
    ("0x" + HEX64, env("PRIVATE_KEY"), "generic-secret", "0x" + HEX64),
    ("li_at=" + KEY, env("LINKEDIN_COOKIE"), "generic-secret", None),
    (KEY + KEY[:4], segment("mcp.vendor.test"), "generic-secret", None),
    (UUID, segment("mcp.composio.dev"), "generic-secret", UUID),
    (KEY, segment("eth-mainnet.g.alchemy.com"), "generic-secret", KEY),
    (KEY, user("api.vendor.test"), "generic-secret", KEY),
    (KEY + "8x", arg(), "generic-secret", None),
    (KEY, Context(SlotKind.ENV, "ACME_TOKEN", "default"), "generic-secret", KEY),
    ("Gx8" + "Hq2Zt7", env("ACME_API_KEY"), "generic-secret", None),
    (HEX64, env("TRELLO_TOKEN"), "trello-token", HEX64),
    ("ATTA" + HEX64 + "0A1B2C3D", env("TRELLO_API_KEY"), "trello-token", None),  # pasted under the wrong name
    (HEX64, env("TRELLO_API_SECRET"), "generic-secret", HEX64),
    (
        "https://hooks.slack.com/services/T0A1B2C3D/B0A1B2C3D/" + KEY[:24],
        env("SLACK_WEBHOOK_URL"),
        "slack-webhook",
        None,
    ),
]


@pytest.mark.parametrize(("text", "context", "rule", "secret"), FOUND, ids=[f"{i}-{c[2]}" for i, c in enumerate(FOUND)])
def test_found(text: str, context: Context, rule: str, secret: str | None) -> None:
    judgement = judge(text, context)
    assert isinstance(judgement, Literal)
    assert judgement.rule == rule
    if secret is not None:
        assert text[judgement.start : judgement.end] == secret
    assert (secret or text)[4:] not in judgement.reason


LEFT = [
    (HEX64[:32], env("TRELLO_API_KEY"), Harmless),
    (HEX64[:32], env("TRELLO_KEY"), Harmless),
    ("", env("API_KEY"), Placeholder),
    ("  ", env("API_KEY"), Placeholder),
    ('""', env("API_KEY"), Placeholder),
    ("${GITHUB_TOKEN}", env("GITHUB_TOKEN"), Reference),
    ("'${GITHUB_TOKEN}'", env("GITHUB_TOKEN"), Reference),
    ("Bearer ${TOKEN}", header("Authorization"), Reference),
    ("Authorization:${AUTH_HEADER}", arg("header"), Reference),
    ("prefix-${X}", env("API_KEY"), Reference),
    ("postgres://u:${PW}@h/db", env("DATABASE_URL"), Reference),
    ("YOUR_API_KEY", env("ACME_API_KEY"), Placeholder),
    ("Bearer YOUR_TOKEN", header("Authorization"), Placeholder),
    ("Bearer <token>", header("Authorization"), Placeholder),
    ("ghp_" + "x" * 36, env("GITHUB_TOKEN"), Placeholder),
    (GITHUB[:-1] + ("a" if GITHUB[-1] != "a" else "b"), env("GITHUB_TOKEN"), Placeholder),
    ("ghp_" + "abc123Def456", env("GITHUB_TOKEN"), Placeholder),
    ("napi_" + KEY, env("NEON_API_KEY"), Placeholder),
    ("sk-ant-api03-" + "x" * 95, env("ANTHROPIC_API_KEY"), Placeholder),
    ("sk-proj-your-key-here", env("OPENAI_API_KEY"), Placeholder),
    (basic("user:password"), header("Authorization", "basic"), Placeholder),
    ("password", password("db.internal.test"), Placeholder),
    ("postgres", password("localhost"), Harmless),
    ("postgres", password("db"), Harmless),
    ("root", Context(SlotKind.ENV, "MYSQL_PASSWORD"), Harmless),
    ("postgres://postgres:postgres@127.0.0.1:5432/db", env("DATABASE_URL"), Harmless),
    ("postgres://user:password@localhost/db", env("DATABASE_URL"), Harmless),
    ("postgres://user:letters@db.example.com/db", env("DATABASE_URL"), Placeholder),
    ("postgres://db.internal.test/main", env("DATABASE_URL"), Harmless),
    ("mongodb+srv://<user>:<password>@c0.mongodb.test", env("MONGO_URI"), Placeholder),
    ("Server=db;Trusted_Connection=True;", env("MSSQL_CONNECTION_STRING"), Harmless),
    ("http://localhost:11434", env("OLLAMA_API_KEY"), Harmless),
    ("https://api.acme.test/v1", arg("access-token"), Harmless),
    ("8192", env("MAX_TOKENS"), Harmless),
    ("/home/me/.token", env("TOKEN_PATH"), Harmless),
    ("~/.config/gcloud/key.json", env("GOOGLE_APPLICATION_CREDENTIALS"), Harmless),
    (KEY, env("LANGFUSE_PUBLIC_KEY"), Harmless),
    (KEY, env("AWS_ACCESS_KEY_ID"), Harmless),
    (UUID, env("BROWSERBASE_PROJECT_ID"), Harmless),
    (UUID, env("TENANT_ID"), Harmless),
    (UUID, arg("project"), Harmless),
    (UUID, env("SESSION"), Harmless),
    (UUID, arg(), Harmless),
    ("unix:path=/run/user/1000/bus", env("DBUS_SESSION_BUS_ADDRESS"), Harmless),
    ("pk_live_" + KEY, env("STRIPE_KEY"), Harmless),
    ("sb_publishable_" + KEY, env("SUPABASE_KEY"), Harmless),
    (jwt({"role": "anon", "iss": "supabase"}), env("SUPABASE_KEY"), Harmless),
    (jwt({"role": "anon", "iss": "supabase"}), header("Authorization", "bearer"), Harmless),
    (jwt({"sub": "1234567890", "name": "John Doe"}), env("JWT"), Placeholder),
    (jwt({"sub": "x"}, {"alg": "none"}), env("JWT"), Harmless),
    ("https://" + HEX + "@o1.ingest.sentry.io/2", env("SENTRY_DSN"), Harmless),
    ("123456789012-" + "abcdefgh12345678" * 2 + ".apps.googleusercontent.com", env("GOOGLE_CLIENT_ID"), Harmless),
    ("2022-06-28", header("Notion-Version"), Harmless),
    ("application/json", header("Content-Type"), Harmless),
    (UUID, header("X-Request-Id"), Harmless),
    ("gpt-4o-mini", env("MODEL"), Harmless),
    ("true", env("USE_TOKEN"), Harmless),
    ("my-local-server", env("API_SECRET"), Placeholder),
    ("production-api-gateway-service", env("API_TOKEN"), Harmless),
    ("read:org,repo", env("GITHUB_SCOPES"), Harmless),
    ("@modelcontextprotocol/server-github", arg(), Harmless),
    ("ghcr.io/github/github-mcp-server", arg(), Harmless),
    ("mcp/x@sha256:" + HEX64, arg(), Harmless),
    ("/Users/me/projects/a1b2c3d4e5f6a7b8/index.js", arg(), Harmless),
    ("sha256:" + HEX64, env("API_KEY"), Harmless),
    (HEX + HEX[:8], segment("github.com"), Harmless),
    ("abcdefghijklmnopqrst", segment("x.supabase.co"), Placeholder),
    ("my-workspace-integration-name", segment("mcp.vendor.test"), Placeholder),
    (KEY, OTHER, Harmless),
    ("A server that reads your API key from the environment", OTHER, Harmless),
    ("BSAutomationServiceConfigName", env("SERVICE"), Harmless),
    ("eyJ.eyJ.x", env("TOKEN"), Harmless),
]


@pytest.mark.parametrize(("text", "context", "kind"), LEFT, ids=[f"{i}-{c[2].__name__}" for i, c in enumerate(LEFT)])
def test_left_alone(text: str, context: Context, kind: type) -> None:
    assert isinstance(judge(text, context), kind)


def test_reasons_are_for_people() -> None:
    reason = "GitHub personal access token (classic) (format and checksum)"
    assert judge(GITHUB, env("GITHUB_TOKEN")) == Literal(
        "github-pat-classic", "GitHub", Severity.CRITICAL, Confidence.HIGH, reason, 0, len(GITHUB)
    )
    disagreement = judge(GOOGLE, env("GITHUB_PERSONAL_ACCESS_TOKEN"))
    assert isinstance(disagreement, Literal)
    assert disagreement.reason == "looks like a Google API key, though the name says GitHub"
    expired = judge(jwt({"sub": "x", "exp": 1}), env("TOKEN"))
    assert isinstance(expired, Literal)
    assert expired.reason.endswith(", expired")
    anon = judge(jwt({"role": "anon"}), env("SUPABASE_KEY"))
    assert anon == Harmless("publishable: role anon")


def test_identifiers_of_a_pair_weigh_less() -> None:
    judgement = judge(expand("AKIA{b32:16}", RANDOM), env("AWS_ACCESS_KEY_ID"))
    assert isinstance(judgement, Literal)
    assert judgement.severity is Severity.MEDIUM


@pytest.mark.parametrize("kind", list(SlotKind))
@pytest.mark.parametrize("role", ["", "bearer", "basic", "password", "user", "query", "segment", "header", "default"])
def test_long_values_are_cut(kind: SlotKind, role: str) -> None:
    for unit in ("a", "A1b-", "eyJ.", "${", "x=", "://", "sk-", '{"', "0"):
        judge(unit * (4 * LONGEST // len(unit)), Context(kind, "API_KEY", role, "p", "h"))


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=80), st.from_regex(r"[!-~]{0,60}", fullmatch=True)),
    st.sampled_from(["", "API_KEY", "DB_PASSWORD", "Authorization", "key", "MAX_TOKENS", "DATABASE_URL"]),
    st.sampled_from(["", "bearer", "basic", "password", "query", "segment", "user"]),
    st.sampled_from(list(SlotKind)),
)
def test_spans_and_reasons_hold(text: str, name: str, role: str, kind: SlotKind) -> None:
    judgement = judge(text, Context(kind, name, role))
    if isinstance(judgement, Literal):
        assert 0 <= judgement.start < judgement.end <= len(text)
        assert judgement.rule.startswith("generic-") or load().get(judgement.rule)
        found = text[judgement.start : judgement.end]
        assert len(found) < 12 or found not in judgement.reason


def test_importing_is_light() -> None:
    heavy = {"dataclasses", "yaml", "jsonschema", "hashlib", "json", "base64", "urllib", "logging", "random"}
    # What is loaded before is not ours: the finder of an editable install, for one.
    code = "import sys; before = set(sys.modules); import unsprawl.scanner.detect; "
    code += f"print(sorted((set(sys.modules) - before) & {heavy!r}))"
    around = os.environ | {"PYTHONPATH": str(Path(unsprawl.__file__).parents[1])}
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=around).stdout
    assert output.strip() == "[]"
