"""References, placeholders and plain settings, as people really write them."""

from __future__ import annotations

import pytest

from unsprawl.rules import reading
from unsprawl.scanner.detect import judge
from unsprawl.scanner.model import Context, Literal, Reference, SlotKind
from unsprawl.scanner.placeholders import beside, default_of, placeholder, reference_of, references, shape


@pytest.mark.parametrize(
    ("text", "dialect", "names"),
    [
        ("${GITHUB_TOKEN}", "brace", ("GITHUB_TOKEN",)),
        ("${VAR:-}", "brace-default", ("VAR",)),
        ("${VAR:-default}", "brace-default", ("VAR",)),
        ("${VAR:-${OTHER}}", "brace-default", ("VAR",)),
        ("${VAR:?not set}", "brace-default", ("VAR",)),
        ("${env:GITHUB_TOKEN}", "env-colon", ("GITHUB_TOKEN",)),
        ("${input:github-token}", "input", ()),
        ("$input:github_token", "bare-input", ()),
        ("${user_config.api_key}", "brace-other", ()),
        ("${cmd: op read op://x/y/z}", "brace-cmd", ()),
        ("$GITHUB_TOKEN", "bare", ("GITHUB_TOKEN",)),
        ("$env:TOKEN", "powershell", ("TOKEN",)),
        ("%GITHUB_TOKEN%", "windows", ("GITHUB_TOKEN",)),
        ("{env:GITHUB_TOKEN}", "curly-env", ("GITHUB_TOKEN",)),
        ("{file:~/.token}", "curly-file", ()),
        ("{vault:kv/token}", "curly-other", ()),
        ("{{github_token}}", "mustache", ()),
        ("{{ secrets.X }}", "mustache", ()),
        ("${{ secrets.TOKEN }}", "secrets-expr", ("TOKEN",)),
        ("${{ inputs.TOKEN }}", "github-actions", ()),
        ("${env://TOKEN}", "env-uri", ("TOKEN",)),
        ("${env://TOKEN:-none}", "env-uri", ("TOKEN",)),
        ("${file:~/.token}", "brace-file", ()),
        ('<%= ENV["X"] %>', "template", ()),
        ("$(op read op://x/y/z)", "subshell", ()),
        ("op://Private/GitHub/token", "onepassword", ()),
        ("vault://secret/data/x#token", "vault-uri", ()),
        ("ref+vault://kv/x", "vault-uri", ()),
        ("@Microsoft.KeyVault(SecretUri=https://x)", "azure-keyvault", ()),
        ("arn:aws:secretsmanager:us-east-1:123456789012:secret:x", "aws-dynamic", ()),
        ("projects/p/secrets/s/versions/latest", "gcp-secret", ()),
        ("@/run/secrets/x", "at-file", ()),
        ("/run/secrets/token", "mounted-secret", ()),
        ("se://docker/mcp/x", "mounted-secret", ()),
        ("ENC[AES256_GCM,data:abc]", "encrypted", ()),
        ("authsome-proxy-managed", "broker", ()),
        ("prefix-${X}", "brace", ("X",)),
        ("${A}:${B}", "brace", ("A", "B")),
        ("postgres://u:${PW}@h/db", "brace", ("PW",)),
        ("%APPDATA%/key", "windows", ("APPDATA",)),
    ],
)
def test_reference(text: str, dialect: str, names: tuple[str, ...]) -> None:
    assert reference_of(text) == Reference(dialect, names)


@pytest.mark.parametrize(
    "text", ["Xy9$KLMab", "p%40Name%202320", "a$b", "100%", "{}", "user@host", "C:\\x", "price: $5"]
)
def test_no_reference(text: str) -> None:
    assert references(text) == ()


def test_references_have_places() -> None:
    text = "-e A=${ONE} --b ${input:two}"
    assert references(text) == (("brace", "ONE", 5, 11), ("input", "two", 16, 28))
    assert [text[start:end] for start, end in beside(text)] == ["-e A=", " --b "]


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("${VAR:-abc}", "abc"),
        ("${VAR-abc}", "abc"),
        ("${VAR:=abc}", "abc"),
        ("Bearer ${VAR:-abc}", "abc"),
        ("${VAR:-}", None),
        ("${VAR}", None),
        ("${VAR:?abc}", None),
        ("${input:x}", None),
        ("plain", None),
    ],
)
def test_default(text: str, default: str | None) -> None:
    found = default_of(text)
    assert (None if found is None else text[slice(*found)]) == default


@pytest.mark.parametrize(
    "text",
    [
        "<your-token>",
        "<YOUR_API_KEY>",
        "<YOUR_CLICKHOUSE_PASSWORD_HERE>",
        "YOUR_API_KEY",
        "YOUR-API-KEY",
        "your_api_key_here",
        "your-tavily-apikey-here",
        "xoxb-your-bot-token",
        "xxx",
        "xxxx",
        "changeme",
        "change-me",
        "password",
        "none",
        "null",
        "test",
        "DUMMY",
        "FILL_HERE",
        "x" * 36,
        "sk-proj-****",
        "sk-or-v1-****",
        "sk-...",
        "xoxb-...",
        "bkua_xxxxx",
        "ntn_****",
        "tsec_xxxxxxxxxxxxxxxxxxx",
        "AIza****",
        "AKIAIOSFODNN7" + "EXAMPLE",
        "00000000-0000-0000-0000-000000000000",
        "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        "12345678-1234-1234-1234-123456789abc",
        "yourpassword",
        "super_S3cret",
        "your-api-key",
        "REDACTED",
        "paste_token_here",
        "insert-key",
        "test-api-key",
        "sk-your-openai-key",
        "my-secret-key",
        "Enter your key",
        "example",
        # real-configs.md, point 3
        "YOUR_X_HERE",
        "X_API_KEY_HERE",
        "[REDACTED]",
        "{secret}",
        "{DART_API_KEY}",
        "sua_chave_aqui",
        "REMPLACEZ_PAR_VOTRE_CLE",
        "VOTRE_CLE_API",
        "여기에 토큰 입력하세요",
        "請填入你的金鑰",
        "youself_touken",
        "youvncpassword",
        "pplx-your-api-key",
        "xoxc-...",
        "tu_clave_aqui",
        "DEIN_API_KEY_HIER",
        "ваш_токен",
        "ここにトークン",
        # from the code rules of the reference
        "1234567890abcdef1234567890abcdef",
        "abcdefghijklmnopqrstuvwxyz",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "__API_KEY__",
        "#{API_KEY}#",
        "key-1",
        "api_key",
        "fake-token",
        "dummy_key_1",
        "sk-xxxxxxxxxxxxxxxx",
        "1234567890",
        "github_pat_your_token_here",
        "token_abc123",
        "abc123",
        "•••••••",
        "sk-ant-api03-…",
    ],
)
def test_placeholder(text: str) -> None:
    assert placeholder(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("brave_api_key", "BRAVE_API_KEY"),
        ("BRAVE_API_KEY", "BRAVE_API_KEY"),
        ("acme-token", "ACME_TOKEN"),
        ("acme", "acmeToken"),
    ],
)
def test_its_own_name(text: str, name: str) -> None:
    assert placeholder(text, name)


@pytest.mark.parametrize(
    "text",
    [
        "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A",
        "9f86d081884c7d659a2f" + "eaa0c55ad015",
        "7c9e6679-7425-40de-" + "944b-e07fc1f90ae7",
        "Tr0ub4dor&3",
        "correct-horse-battery",
        "hunter-Gx8!",
        "9Xk-my-4Hq8Zt2Lw7Rb5N",
        "p@55w0rd-Kq7",
    ],
)
def test_no_placeholder(text: str) -> None:
    assert not placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "0",
        "8080",
        "30s",
        "2022-06-28",
        "1.2.3",
        "info",
        "stdio",
        "~/.config/gcloud/key.json",
        "./service-account.json",
        "C:\\Users\\me\\key.json",
        "/usr/local/bin/x",
        "https://api.example.com/v1",
        "http://localhost:11434",
        "me@example.com",
        "api.example.com",
        "localhost:8080",
        "us-east-1",
        "eu-central-1",
        "gpt-4o-mini",
        "claude-sonnet-4-5",
        "gemini-2.5-pro",
        "T0123ABCD",
        "C0123ABCD, C0456EFGH",
        "arn:aws:iam::123456789012:role/x",
        "pk_live_" + "a1B2" * 6,
        "phc_" + "a1B2" * 11,
        "sb_publishable_dummy_key_1",
        "AC" + "0a1b" * 8,
        "0x" + "a1B2" * 10,
        "@scope/server-x@1.2.3",
        "ghcr.io/x/y:latest",
        "sha256:" + "0a1b" * 16,
        "1234-abcdefghijklmnopqrstuvwxyz012345.apps.googleusercontent.com".replace("1234", "123456"),
        "https://" + "0a1b" * 8 + "@o1.ingest.sentry.io/2",
        "-----BEGIN PUBLIC KEY-----\nabc",
        "ssh-ed25519 " + "AAAAC3Nz" * 4 + " me@x",
    ],
)
def test_plain_setting(text: str) -> None:
    assert shape(text)


def test_examples_of_every_dialect_of_the_hosts() -> None:
    hosts = reading.read(reading.FOLDER / "hosts.yaml")["hosts"] if (reading.FOLDER / "hosts.yaml").exists() else []
    for way in [
        way for host in hosts for way in host["references"] or () if way.get("write") and way["form"] == "inline"
    ]:
        found = references(way["write"].replace("NAME", "API_TOKEN"))
        assert found
        assert found[0][0] in way["reads"]


EXPRESSIONS = [
    r"(.*?)", ".*", ".+?", "[^@]+", "([^@]+)", "[^@]*?", "([^@])+", r"\S+", r"\\S+",
    r"(\w{8,32})", "[a-zA-Z0-9]{8,}", r"[\w-]+",
    "(?P<password>[^@]*)", "(?:[^@]*)", r"[A-Za-z0-9_\-\.]+", "]+:[^@]+", "]+):([^@]+)",
]  # fmt: skip
PASSWORDS = [
    "P4ss[w0rd]+x",
    "k(.9d*f)Qz",
    "Tr0ub4dor&3.*",
    r"a\d9Xkq(2",
    "Xq9$[^z]k+1",
    "Hunter(.+)2",
    "[^@]+q7Rk2VdX9mTz4Lb",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_regular_expression_is_no_password(text: str) -> None:
    assert placeholder(text) == "a regular expression"
    for host in ("db.acme.io:6379", "localhost"):
        address = f"redis://default:{text}@{host}"
        context = Context(SlotKind.ENV, "REDIS_URL")
        assert not isinstance(judge(address, context), Literal)


@pytest.mark.parametrize("text", PASSWORDS)
def test_a_password_with_signs_is_one(text: str) -> None:
    assert placeholder(text) != "a regular expression"
    context = Context(SlotKind.ENV, "REDIS_URL")
    assert isinstance(judge(f"redis://default:{text}@db.acme.io", context), Literal)
