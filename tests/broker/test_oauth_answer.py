"""The refresh request and every kind of answer to it: no network, and a clock that is passed in."""

from __future__ import annotations

import json
from base64 import b64decode
from urllib.parse import parse_qs, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.broker.oauth_answer import (
    LARGEST_ANSWER,
    LONGEST_WAIT_S,
    Denied,
    Granted,
    Reply,
    Why,
    outcome_of,
    request_for,
    retry_after_s,
)
from unsprawl.broker.oauth_waits import Wait, after
from unsprawl.scanner.secret import Secret
from unsprawl.vault.oauth_token import ClientAuth, Credential

CANARY = "-".join(["synthetic", "canary", "answer"])
NOW = 1_800_000_000.0
URL = "https://auth.example.com/token"


@pytest.mark.parametrize(
    ("auth", "form"),
    [
        (ClientAuth.NONE, {"client_id": ["a b:c"]}),
        (ClientAuth.POST, {"client_id": ["a b:c"], "client_secret": ["s&t=u+v%"]}),
        (ClientAuth.BASIC, {}),
    ],
)
def test_how_the_client_shows_itself(auth: ClientAuth, form: dict[str, list[str]]) -> None:
    secret = None if auth is ClientAuth.NONE else Secret("s&t=u+v%")
    request = request_for(Credential(URL, "a b:c", Secret("r+/="), client_secret=secret, client_auth=auth))
    expected = {"grant_type": ["refresh_token"], "refresh_token": ["r+/="], **form}
    assert parse_qs(request.body.decode(), strict_parsing=True) == expected
    assert ("Authorization" in request.headers) == (auth is ClientAuth.BASIC)
    if auth is ClientAuth.BASIC:
        # RFC 6749 section 2.3.1: each half is form-encoded before they are joined.
        pair = b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode().split(":")
        assert [unquote_plus(half) for half in pair] == ["a b:c", "s&t=u+v%"]
    assert "r+/=" not in repr(request)


def test_the_resource_is_named_and_the_scope_is_not() -> None:
    request = request_for(Credential(URL, "c", Secret("r"), scope="a b", resource="https://mcp.example.com/x?y=1"))
    form = parse_qs(request.body.decode())
    assert form["resource"] == ["https://mcp.example.com/x?y=1"]
    assert "scope" not in form


def reply(body: object, status: int = 200, **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


GOOD = {"access_token": "a", "token_type": "Bearer"}


@pytest.mark.parametrize(
    ("body", "lifetime"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": 3599.9}, 3599),
        ({}, None),
        ({"expires_in": None}, None),
        ({"expires_in": 0}, None),
        ({"expires_in": -1}, None),
        ({"expires_in": "-1"}, None),
        ({"expires_in": "soon"}, None),
        ({"expires_in": "٣"}, None),
        ({"expires_in": True}, None),
        ({"expires_in": [1]}, None),
        ({"expires_in": 10**400}, 315_360_000),
        ({"expires_in": "9" * 300}, None),
    ],
)
def test_lifetimes(body: dict[str, object], lifetime: int | None) -> None:
    assert outcome_of(reply({**GOOD, **body}), NOW) == Granted(Secret("a"), None, lifetime, None)


def test_a_number_that_is_none() -> None:
    body = b'{"access_token": "a", "token_type": "bearer", "expires_in": 1e999}'
    assert outcome_of(reply(body), NOW) == Granted(Secret("a"), None, None, None)
    assert isinstance(outcome_of(reply(body.replace(b"1e999", b"NaN")), NOW), Denied)


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": "a", "token_type": "bearer", "refresh_token": "r", "scope": "x"},
        {"access_token": "a", "token_type": "BEARER", "refresh_token": "r", "scope": "x", "id_token": CANARY},
        {"access_token": "a", "refresh_token": "r", "scope": "x"},
    ],
)
def test_tokens(body: dict[str, str]) -> None:
    assert outcome_of(reply(body), NOW) == Granted(Secret("a"), Secret("r"), None, "x")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (reply({"error": "invalid_grant", "error_description": CANARY}, 400), Why.ENDED),
        (reply({"error": "invalid_grant"}, 401), Why.ENDED),
        (reply({"error": "bad_refresh_token", "error_uri": CANARY}), Why.ENDED),  # GitHub, with 200
        (reply({"ok": False, "error": "invalid_refresh_token"}), Why.ENDED),  # Slack, with 200
        (reply({"error": "invalid_client"}, 401), Why.CLIENT),
        (reply({"error": "incorrect_client_credentials"}), Why.CLIENT),
        (reply({"error": "unauthorized_client"}, 400), Why.CLIENT),
        (reply({"error": CANARY}, 400), Why.CLIENT),
        (reply({"error": CANARY}), Why.CLIENT),
        (reply({"error": {"message": CANARY}}, 400), Why.CLIENT),
        (reply(b"<html>" + CANARY.encode(), 403), Why.CLIENT),
        (reply(b"", 404), Why.CLIENT),
        (reply({"error": "temporarily_unavailable"}, 400), Why.BUSY),
        (reply(b"", 429), Why.BUSY),
        (reply(b"<html>", 503), Why.BUSY),
        (reply({"error": CANARY}, 500), Why.BUSY),
        (reply(b"", 408), Why.BUSY),
        (reply(b"", 302, location=f"https://evil.example/{CANARY}"), Why.UNFIT),
        (reply(b"", 307), Why.UNFIT),
        (reply(b"<html><title>Sign in</title>" + CANARY.encode()), Why.UNFIT),
        (reply(f"access_token={CANARY}&token_type=bearer".encode()), Why.UNFIT),
        (reply(b""), Why.UNFIT),
        (reply(b"[]"), Why.UNFIT),
        (reply(b"\xff\xfe{"), Why.UNFIT),
        (reply(b"[" * 100_000), Why.UNFIT),
        (reply(b'{"access_token": "a", "token_type": "bearer", "x": "' + b"y" * LARGEST_ANSWER), Why.UNFIT),
        (reply({"token_type": "bearer"}), Why.UNFIT),
        (reply({**GOOD, "access_token": ""}), Why.UNFIT),
        (reply({**GOOD, "access_token": [CANARY]}), Why.UNFIT),
        (reply({**GOOD, "access_token": f"{CANARY}\r\nSet-Cookie: x"}), Why.UNFIT),
        (reply({**GOOD, "access_token": f"{CANARY}\ud800"}), Why.UNFIT),
        (reply({**GOOD, "access_token": CANARY * 2000}), Why.UNFIT),
        (reply({**GOOD, "refresh_token": f"{CANARY}\n"}), Why.UNFIT),
        (reply({**GOOD, "token_type": "DPoP"}), Why.UNFIT),
        (reply({**GOOD, "token_type": 1}), Why.UNFIT),
    ],
)
def test_refusals_say_nothing_of_the_answer(answer: Reply, why: Why) -> None:
    outcome = outcome_of(answer, NOW)
    assert isinstance(outcome, Denied)
    assert outcome.why is why
    assert CANARY not in repr(outcome) + repr(answer)
    assert outcome.detail.isprintable()
    assert len(outcome.detail) < 160


@pytest.mark.parametrize("body", [{"token_type": "DPoP"}, {"access_token": ""}, {"access_token": "a\n"}])
def test_a_new_refresh_token_is_not_lost_with_an_answer_of_no_other_use(body: dict[str, str]) -> None:
    outcome = outcome_of(reply({**GOOD, "refresh_token": "new", **body}), NOW)
    assert isinstance(outcome, Denied)
    assert outcome.refresh_token == Secret("new")


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("", None),
        ("30", 30),
        (" 30 ", 30),
        ("0", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("9" * 400, LONGEST_WAIT_S),
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0),
        ("Fri, 15 Jan 2100 07:00:00 GMT", LONGEST_WAIT_S),
        ("Fri, 99 Jan 2027 08:01:00 GMT", None),
        ("\u0663", None),
    ],
)
def test_retry_after(value: str, wait: float | None) -> None:
    assert retry_after_s(value, NOW) == wait


@given(st.text())
def test_any_retry_after(value: str) -> None:
    wait = retry_after_s(value, NOW)
    assert wait is None or 0 <= wait <= LONGEST_WAIT_S


@given(st.binary(max_size=400), st.integers(100, 599))
def test_any_answer(body: bytes, status: int) -> None:
    assert outcome_of(Reply(status, {}, body), NOW)


def test_waits_grow_and_have_an_end() -> None:
    busy = Denied(Why.BUSY, "")
    wait, waits = None, []
    for _ in range(9):
        wait = after(busy, 1, wait, NOW)
        waits.append(wait.until - NOW)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert after(busy, 2, wait, NOW).until == NOW + 5


@pytest.mark.parametrize(
    ("denied", "wait"),
    [
        (Denied(Why.BUSY, "", wait_s=77), 77),
        (Denied(Why.BUSY, "", wait_s=0), 5),
        (Denied(Why.UNREACHABLE, ""), 5),
        (Denied(Why.CLIENT, ""), 300),
        (Denied(Why.UNFIT, ""), 300),
        (Denied(Why.ENDED, ""), 3600),
    ],
)
def test_how_long_the_endpoint_is_left_alone(denied: Denied, wait: float) -> None:
    made = after(denied, 3, None, NOW)
    assert made.until - NOW == wait
    assert made.holds(3, NOW)
    assert made.holds(3, NOW + wait - 1)
    assert not made.holds(3, NOW + wait)
    assert not made.holds(4, NOW)
    assert not made.holds(3, NOW - 10 * LONGEST_WAIT_S)  # the clock was set back


def test_a_wait_is_of_one_generation() -> None:
    assert not Wait(1, Why.BUSY, 1, NOW + 10).holds(2, NOW)
