"""Values taken apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.scanner.parts import credential_of, host_of, uri_parts, uri_start

LONG = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
PASS = "hun" + "ter2"


def told(value: str) -> list[tuple[str, str, str]]:
    return [(part.role, part.name, value[part.start : part.end]) for part in uri_parts(value)]


@pytest.mark.parametrize(
    ("value", "role", "credential"),
    [
        (f"Bearer {LONG}", "bearer", LONG),
        (f"bearer\t{LONG}", "bearer", LONG),
        (f"  BEARER   {LONG} \n", "bearer", LONG),
        (f"Basic {LONG}==", "basic", LONG + "=="),
        (f"Token token={LONG}", "token", f"token={LONG}"),
        (f"ApiKey {LONG}", "apikey", LONG),
        (f"Api-Key {LONG}", "api-key", LONG),
        (f"Bot {LONG}", "bot", LONG),
        ("Bearer ${TOKEN}", "bearer", "${TOKEN}"),
    ],
)
def test_credential_after_a_scheme(value: str, role: str, credential: str) -> None:
    part = credential_of(value)
    assert part is not None
    assert (part.role, value[part.start : part.end]) == (role, credential)


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Bearer\n", LONG, f"X{LONG}", f"Bearer{LONG}", "a token"])
def test_no_scheme(value: str) -> None:
    assert credential_of(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.com", []),
        ("https://example.com/a/b?c", []),
        (f"postgres://u:{PASS}@db.example.com/x", [("password", "", PASS)]),
        (f"postgres://u:{PASS}@[::1]:5432/x", [("password", "", PASS)]),
        ("postgres://u@db.example.com/x", [("user", "", "u")]),
        ("postgres://[::1]:5432/x", []),
        ("postgres://db:5432/x", []),
        (f"redis://:{PASS}@cache:6379/0", [("password", "", PASS)]),
        (f"mongodb+srv://u:{PASS}@a.example.net,b.example.net:27017/x", [("password", "", PASS)]),
        (f"jdbc:postgresql://u:{PASS}@db/x", [("password", "", PASS)]),
        (f"JDBC:postgresql://db/x?user=u&password={PASS}", [("query", "user", "u"), ("query", "password", PASS)]),
        (f"https://{LONG}@github.com/o/r", [("user", "", LONG)]),
        (f"https://{LONG}:@github.com/o/r", [("user", "", LONG)]),
        (f"https://{LONG}:x-oauth-basic@github.com/o/r", [("user", "", LONG)]),
        (f"https://{LONG}:{PASS}@github.com/o/r", [("user", "", LONG), ("password", "", PASS)]),
        (
            f"jdbc:sqlserver://db:1433;user=u;password={PASS};encrypt=true",
            [("query", "user", "u"), ("query", "password", PASS), ("query", "encrypt", "true")],
        ),
        (f"jdbc:sqlserver://db;password=a@{PASS}", [("query", "password", "a@" + PASS)]),
        (f"jdbc:oracle:thin:app/{PASS}@//db:1521/x", [("password", "", PASS)]),
        (f"jdbc:oracle:thin:app/{PASS}@db:1521:x", [("password", "", PASS)]),
        (f"  https://u:{PASS}@h/x \n", [("password", "", PASS)]),
        (f"https://h/x?key={LONG} ", [("query", "key", LONG)]),
    ],
)
def test_parts_of_uris(value: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(value) == expected


@pytest.mark.parametrize(
    "password",
    [
        "p@ss",
        "p@@",
        "p/ss",
        "/pss",
        "p/s/s",
        "p:ss",
        "p%40ss",
        "p%ss",
        "p@/ss",
        "p/@ss",
        "p+/=",
        "p ss",
        "p?ss",
        "p#ss",
        "p/ss?x",
        "p&s=s",
        "p,ss",
        "p[ss]",
        "pässwörd",
    ],
)
@pytest.mark.parametrize("scheme", ["postgres", "mysql+pymysql", "mongodb+srv", "redis", "amqps"])
def test_passwords_that_nobody_escaped(scheme: str, password: str) -> None:
    value = f"{scheme}://user:{password}@db.example.com:5432/name?sslmode=require"
    assert told(value) == [("password", "", password), ("query", "sslmode", "require")]
    assert host_of(value) == "db.example.com"


@pytest.mark.parametrize("password", ["p@ss", "p/ss", "p:ss", "p%40ss"])
def test_passwords_in_web_addresses(password: str) -> None:
    value = f"https://user:{password}@api.example.com/v1"
    assert told(value) == [("password", "", password)]
    assert host_of(value) == "api.example.com"


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("https://packages.example.net/@scope/name", "packages.example.net"),
        ("https://example.com/users/me@example.org", "example.com"),
        ("https://example.com:8443/@x", "example.com"),
        ("git+https://github.com/org/repo@v1.2", "github.com"),
        ("git+https://github.com/org/repo.git@main#egg=x", "github.com"),
        ("oci://ghcr.io/org/image@sha256:0123456789abcdef", "ghcr.io"),
        ("https://example.com?mail=a@b.org", "example.com"),
        ("https://example.com#a@b.org", "example.com"),
    ],
)
def test_an_at_sign_in_the_path_is_no_user(value: str, host: str) -> None:
    assert not any(role in ("user", "password") for role, _, _ in told(value))
    assert host_of(value) == host


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"https://h/{LONG}/mcp", [("segment", "", LONG)]),
        (f"https://h/v2/{LONG}", [("segment", "", LONG)]),
        (f"https://h/{LONG[:11]}/mcp", []),
        (f"wss://h/{LONG}/{LONG}?a", [("segment", "", LONG), ("segment", "", LONG)]),
        (f"postgres://h/{LONG}", []),
        (f"https://h?key={LONG}", [("query", "key", LONG)]),
        (f"https://h/?a=1&key={LONG}&b=", [("query", "a", "1"), ("query", "key", LONG)]),
        (f"https://h/?key={LONG}==", [("query", "key", LONG + "==")]),
        (f"https://h/?=x&&{LONG}", [("query", "", "x")]),
        (f"https://h/?key={LONG}#top", [("query", "key", LONG)]),
        (f"https://h/#token={LONG}&x=1", [("query", "token", LONG), ("query", "x", "1")]),
        (f"https://h/#/app?token={LONG}", [("query", "/app?token", LONG)]),
        (f"https://h/a#{LONG}", []),
    ],
)
def test_segments_and_queries(value: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(value) == expected


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("https://API.Example.com/x", "api.example.com"),
        ("https://api.example.com:8443", "api.example.com"),
        ("https://u:p@api.example.com:8443/x", "api.example.com"),
        ("http://[::1]:8080/x", "::1"),
        ("http://u:p@[fe80::1]/x", "fe80::1"),
        ("jdbc:mysql://db:3306/x", "db"),
        ("https://", ""),
        ("https:///x", ""),
        ("example.com", ""),
        ("see https://example.com", ""),
        ("", ""),
    ],
)
def test_host(value: str, host: str) -> None:
    assert host_of(value) == host


@pytest.mark.parametrize("value", ["", "x", "C:/x", "npx https://example.com", "a:b", "://x", "key=https://x"])
def test_no_uri(value: str) -> None:
    assert uri_start(value) is None
    assert uri_parts(value) == ()


@given(
    st.text("ab:/@?#&=[]% .", max_size=40), st.sampled_from(["https://", "postgres://", "jdbc:x-y://", " git+ssh://"])
)
def test_parts_lie_within_the_value_in_order(tail: str, scheme: str) -> None:
    value = scheme + tail
    parts = uri_parts(value)
    assert all(0 <= part.start < part.end <= len(value) for part in parts)
    assert all(left.end <= right.start for left, right in pairwise(parts))
    assert host_of(value) == host_of(value).strip("/")
