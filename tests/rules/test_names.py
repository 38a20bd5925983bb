"""What names say about their values."""

from __future__ import annotations

import pytest

from unsprawl.rules import reading
from unsprawl.scanner.names import Secrecy, is_password, normalised, secrecy, secret_header

NAMES = reading.read(reading.FOLDER / "names.yaml")


@pytest.mark.parametrize("name", NAMES["secret_examples"])
def test_implies_a_secret(name: str) -> None:
    assert secrecy(name) in (Secrecy.STRONG, Secrecy.WEAK)


@pytest.mark.parametrize("name", NAMES["not_secret_examples"])
def test_implies_no_secret(name: str) -> None:
    assert secrecy(name) in (Secrecy.VETO, Secrecy.NEUTRAL)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("--figma-api-key", Secrecy.STRONG),
        ("--access-token", Secrecy.STRONG),
        ("tavilyApiKey", Secrecy.STRONG),
        ("figmaapikey", Secrecy.STRONG),
        ("env.GITHUB_PERSONAL_ACCESS_TOKEN", Secrecy.STRONG),
        ("API_KEY_2", Secrecy.STRONG),
        ("PGPASSWORD", Secrecy.STRONG),
        ("OPENAIApiKey", Secrecy.STRONG),
        ("VITE_SUPABASE_SERVICE_KEY", Secrecy.STRONG),
        ("CLE_API", Secrecy.STRONG),
        ("MINHA_CHAVE_API", Secrecy.STRONG),
        ("MOT_DE_PASSE", Secrecy.STRONG),
        ("API_SCHLUESSEL", Secrecy.STRONG),
        ("key", Secrecy.WEAK),
        ("--key", Secrecy.WEAK),
        ("SESSION", Secrecy.WEAK),
        ("MONGODB_URI", Secrecy.WEAK),
        ("", Secrecy.NEUTRAL),
        ("NODE_ENV", Secrecy.NEUTRAL),
        ("PORT", Secrecy.NEUTRAL),
        ("SUPABASE_ANON_KEY", Secrecy.VETO),
        ("MAX_THINKING_TOKENS", Secrecy.VETO),
        ("PASSWORD_HASH", Secrecy.VETO),
        ("DBUS_SESSION_BUS_ADDRESS", Secrecy.VETO),
        ("KEYWORD", Secrecy.VETO),
        ("MONKEY", Secrecy.VETO),
        ("PUBLIC_KEY", Secrecy.VETO),
    ],
)
def test_secrecy(name: str, level: Secrecy) -> None:
    assert secrecy(name) is level


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("--figma-api-key", "FIGMA_API_KEY"),
        ("apiKey", "API_KEY"),
        ("NEXT_PUBLIC_X_KEY", "X_KEY"),
        ("x-api-key", "X_API_KEY"),
    ],
)
def test_normalised(name: str, expected: str) -> None:
    assert normalised(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "POSTGRES_PASSWORD",
        "--pass",
        "DB_PWD",
        "redisPassword",
        "PASSPHRASE",
        "PASSWORD2",
        "MOT_DE_PASSE",
        "DB_KENNWORT",
    ],
)
def test_is_password(name: str) -> None:
    assert is_password(name)


@pytest.mark.parametrize(
    "name", [*NAMES["headers"]["secret"], "X-Api-Key", "X-Acme-Token", "CONTEXT7_API_KEY", "Authorization"]
)
def test_secret_header(name: str) -> None:
    assert secret_header(name)


@pytest.mark.parametrize(
    "name", [*NAMES["headers"]["not_secret"], "X-Region", "Accept", "X-Max-Tokens", "Idempotency-Key"]
)
def test_plain_header(name: str) -> None:
    assert not secret_header(name)
