"""Answers to verdicts: what counts, what a page or a cut body leaves open, and what is kept of names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from unsprawl.rules.check import made
from unsprawl.scanner.model import Reach
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.validate.judge import judged
from unsprawl.scanner.validate.pointers import at, filled
from unsprawl.scanner.validate.reach import MOST_READ

BASE: dict[str, Any] = {"url": "https://api.acme.example/", "evidence": "docs-read"}
JSON = (("content-type", "application/json"),)
HTML = (("content-type", "text/html; charset=utf-8"),)


def state(answers: list[dict[str, Any]], status: int, body: object, headers: Any = JSON, **more: Any) -> str:
    data = body if isinstance(body, bytes) else json.dumps(body, indent=2).encode()
    answer = Answer("https://x", status, tuple(headers), data, more.pop("fault", None))
    return judged(made({**BASE, "answers": answers, **more}), answer, {}).state.value


OK = {"status": 200, "json": {"/ok": True}, "means": "live"}
DEAD = {"status": 200, "json": {"/error": ["revoked", "gone"]}, "means": "revoked"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"ok": True}, "live"),
        ({"ok": True, "team": "revoked"}, "live"),
        ({"ok": 1}, "unknown"),
        ({"ok": "true"}, "unknown"),
        ({"ok": False, "error": "gone"}, "revoked"),
        ({"ok": False, "error": ["gone"]}, "unknown"),
        ({"data": {"ok": True}}, "unknown"),
        ([{"ok": True}], "unknown"),
        ("ok", "unknown"),
        (None, "unknown"),
        (b"", "unknown"),
        (b'{"ok": true', "unknown"),
        (b"\xff\xfe", "unknown"),
        (b'{"ok": true, "ok": false}', "unknown"),
    ],
)
def test_values_at_their_place(body: object, expected: str) -> None:
    assert state([OK, DEAD], 200, body) == expected


@pytest.mark.parametrize(
    ("condition", "body", "fits"),
    [
        ({"there": "/data/me"}, {"data": {"me": {}}}, True),
        ({"there": "/data/me"}, {"data": {"me": None}}, False),
        ({"there": "/data/me"}, {"data": None, "errors": []}, False),
        ({"there": ["/a", "/b"]}, {"a": 1, "b": 0}, True),
        ({"there": ["/a", "/b"]}, {"a": 1}, False),
        ({"missing": "/user/id"}, {"user": {"id": None}}, True),
        ({"missing": "/user/id"}, {"user": {"id": 7}}, False),
        ({"missing": "/user/id"}, b"<html>", False),
        ({"has": '"a":{"b":1}'}, {"a": {"b": 1}}, True),
        ({"has": ["x", "y"]}, b"some y here", True),
        ({"lacks": "x"}, b"some y here", True),
        ({"lacks": ["y", "z"]}, b"some y here", False),
    ],
)
def test_conditions(condition: dict[str, Any], body: object, fits: bool) -> None:
    answers = [{"status": 200, "means": "live", **condition}, {"status": 401, "means": "invalid"}]
    assert (state(answers, 200, body) == "live") is fits


PLAIN = [
    {"status": 200, "means": "live"},
    {"status": 401, "means": "invalid"},
    {"status": 403, "means": "live_restricted"},
]


@pytest.mark.parametrize(
    ("status", "headers", "pages", "expected"),
    [
        (200, HTML, False, "unknown"),
        (403, HTML, False, "unknown"),
        (401, HTML, False, "invalid"),
        (403, HTML, True, "live_restricted"),
        (200, JSON, False, "live"),
        (200, (), False, "live"),
        (302, (("location", "/login"),), False, "unknown"),
        (429, JSON, False, "rate_limited"),
        (404, JSON, False, "unknown"),
        (500, JSON, False, "unknown"),
        (407, HTML, False, "unknown"),
    ],
)
def test_pages_and_defaults(status: int, headers: Any, pages: bool, expected: str) -> None:
    more = {"pages": True} if pages else {}
    assert state(PLAIN, status, b"<p>", headers, **more) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [(PLAIN, "live"), ([OK, {"status": 200, "means": "invalid"}], "unknown"), ([DEAD, *PLAIN], "unknown")],
)
def test_a_body_that_was_cut(answers: list[dict[str, Any]], expected: str) -> None:
    assert state(answers, 200, {"ok": True}, fault=Fault.LONG) == expected


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.LONG])
def test_faults_are_no_verdict(fault: Fault) -> None:
    found = judged(made({**BASE, "answers": PLAIN}), Answer("https://x", 200, fault=fault), {})
    assert (found.state, found.failed, bool(found.reason)) == ("unknown", True, True)


def told(body: object, headers: Any = (), **tells: Any) -> tuple[str, str, Reach]:
    check = made({**BASE, "answers": PLAIN, "tells": tells})
    found = judged(check, Answer("https://x", 200, tuple(headers), json.dumps(body).encode()), {"team": "T1"})
    return found.login, found.account, found.reach


@pytest.mark.parametrize(
    ("body", "tells", "expected"),
    [
        ({"a": "x"}, {"login": "/a"}, ("x", "", Reach())),
        ({"b": " y "}, {"login": ["/a", "/b"]}, ("y", "", Reach())),
        ({"a": None, "b": 7}, {"login": ["/a", "/b"]}, ("7", "", Reach())),
        ({"a": {"x": 1}}, {"login": "/a"}, ("", "", Reach())),
        ({"a": True}, {"login": "/a"}, ("", "", Reach())),
        ({"o": [{"n": "A"}, {"n": "B"}, {}]}, {"account": "/o/*/n"}, ("", "A, B", Reach())),
        ({"o": [{"n": str(n)} for n in range(9)]}, {"account": "/o/*/n"}, ("", "0, 1, 2, 3, 4 and 4 more", Reach())),
        ([{"n": "A"}], {"account": "/*/n"}, ("", "A", Reach())),
        ({}, {"account": "token team"}, ("", "T1", Reach())),
        ({"s": ["a b", "c"]}, {"scopes": "/s"}, ("", "", Reach(("a b", "c")))),
        ({"s": "a b,c"}, {"scopes": "/s"}, ("", "", Reach(("a", "b", "c")))),
        ({"s": []}, {"scopes": "/s"}, ("", "", Reach(("(no scope)",)))),
        ({"s": []}, {"scopes": "/s/*"}, ("", "", Reach())),
        ({"s": None}, {"scopes": "/s"}, ("", "", Reach())),
        ({"s": [], "t": ["a"]}, {"scopes": ["/s", "/t"]}, ("", "", Reach(("a",)))),
        ({"p": {"a": ["x"], "b": [], "c": True, "d": 1}}, {"scopes": "/p/?"}, ("", "", Reach(("a", "c")))),
        (
            {"u": {"is_admin": True, "is_owner": False}},
            {"roles": ["true /u/is_admin", "true /u/is_owner"]},
            ("", "", Reach(roles=("is_admin",))),
        ),
        (
            {"a": True, "b": True, "r": "owner"},
            {"roles": ["true /b", "true /a", "/r"]},
            ("", "", Reach(roles=("b", "a", "owner"))),
        ),
        ({"a": "true", "b": 1}, {"roles": ["true /a", "true /b"]}, ("", "", Reach())),
        ({"e": 1798761600}, {"expires": "/e"}, ("", "", Reach(expires="2027-01-01T00:00:00Z"))),
        ({"e": 1798761600000}, {"expires": "/e"}, ("", "", Reach(expires="2027-01-01T00:00:00Z"))),
        ({"e": "2027-01-01"}, {"expires": "/e", "last_used": "/e"}, ("", "", Reach((), "2027-01-01", "2027-01-01"))),
        ({"e": -1}, {"expires": "/e"}, ("", "", Reach(expires="-1"))),
    ],
)
def test_whose_it_is(body: object, tells: dict[str, Any], expected: tuple[str, str, Reach]) -> None:
    assert told(body, **tells) == expected


def test_names_are_cut() -> None:
    login, _, reach = told({"a": "x" * 10_000, "s": [str(n) for n in range(5000)]}, login="/a", scopes="/s")
    assert len(login) == 200
    assert len(reach.scopes) == MOST_READ + 1  # one more tells that there are more


def test_headers_tell_too() -> None:
    headers = (("x-scopes", "repo, read:org"), ("x-scopes", "other"))
    assert told({}, headers, scopes="header x-scopes")[2].scopes == ("repo", "read:org")


def test_pointers() -> None:
    data = {"a/b": {"~": 1}, "l": [{"x": 1}, {"x": 2}]}
    assert list(at(data, "/a~1b/~0")) == [1]
    assert list(at(data, "/l/*/x")) == [1, 2]
    assert list(at(data, "/l/x")) == []
    assert list(at({"p": {"push": True, "admin": False, "n": 1}}, "/p/?")) == ["push"]
    assert list(at({"p": {"A": {"have": True}, "B": {"have": False}, "C": 1}}, "/p/?/have")) == ["A"]
    assert list(at({"p": [True]}, "/p/?")) == []
    assert filled("/{k}/x", {"k": "a/b~"}) == "/a~1b~0/x"
