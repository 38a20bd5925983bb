"""WWW-Authenticate in every form that RFC 9110 allows, and in forms that it does not."""

from __future__ import annotations

import time

import pytest

from unsprawl.scanner.oauth.challenge import Challenge, challenges

GOOD: list[tuple[list[str], list[tuple[str, dict[str, str] | str]]]] = [
    (["Bearer"], [("bearer", {})]),
    (["bearer  "], [("bearer", {})]),
    (['Bearer realm="x"'], [("bearer", {"realm": "x"})]),
    (["Bearer realm=x,error=invalid_token"], [("bearer", {"realm": "x", "error": "invalid_token"})]),
    (['Bearer Resource_Metadata = "https://h/a,b"  ,  scope="a b"'],
     [("bearer", {"resource_metadata": "https://h/a,b", "scope": "a b"})]),
    ([r'Bearer realm="a \"quoted\" \\ one"'], [("bearer", {"realm": 'a "quoted" \\ one'})]),
    (['Basic realm="simple", Bearer scope="a"'], [("basic", {"realm": "simple"}), ("bearer", {"scope": "a"})]),
    (["Negotiate, Bearer"], [("negotiate", {}), ("bearer", {})]),
    (["Negotiate YWJjZA==, Bearer a=b"], [("negotiate", "YWJjZA=="), ("bearer", {"a": "b"})]),
    (["NTLM YWJj"], [("ntlm", "YWJj")]),
    (["Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\""],
     [("newauth", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}), ("basic", {"realm": "simple"})]),
    (["Basic realm=x", 'Bearer scope="a"'], [("basic", {"realm": "x"}), ("bearer", {"scope": "a"})]),
    ([", ,Bearer a=b, ,c=d,,"], [("bearer", {"a": "b", "c": "d"})]),
    (['DPoP algs="ES256 PS256", Bearer'], [("dpop", {"algs": "ES256 PS256"}), ("bearer", {})]),
    (['Bearer realm="Bearer resource_metadata=x"'], [("bearer", {"realm": "Bearer resource_metadata=x"})]),
    (['Bearer\trealm="x"'], [("bearer", {"realm": "x"})]),
    (['Bearer error_description="", scope=""'], [("bearer", {"error_description": "", "scope": ""})]),
    (["Bearer a="], [("bearer", "a=")]),
    ([], []),
    ([""], []),
]  # fmt: skip
BAD: list[tuple[str, list[str], str]] = [
    ('Bearer realm="x', ["bearer"], "a quote that does not end"),
    ("Bearer resource_metadata=https://h/x", ["bearer"], "needs quotes"),
    ("Bearer a=b, a=c", ["bearer"], "a twice"),
    ("Bearer b=c, a=, d=e", ["bearer"], "no value for a"),
    ('"Bearer" realm=x', [], "where a scheme should be"),
    ("Bearer: realm=x", [], "where a scheme should be"),
    ('Basic realm="ok", (Bearer)', ["basic"], "where a scheme should be"),
    ('Bearer realm="a"b', ["bearer"], "behind the value of realm"),
    ("Bearer " + "a" * 20_000, [], "too long"),
]


@pytest.mark.parametrize(("headers", "expected"), GOOD, ids=lambda value: str(value)[:40])
def test_good(headers: list[str], expected: list[tuple[str, dict[str, str] | str]]) -> None:
    found = challenges(headers)
    assert found.fault == ""
    assert [(each.scheme, each.token68 or dict(each.parameters)) for each in found.all] == expected


@pytest.mark.parametrize(("header", "schemes", "fault"), BAD, ids=lambda value: str(value)[:40])
def test_bad(header: str, schemes: list[str], fault: str) -> None:
    found = challenges([header])
    assert fault in found.fault
    assert [each.scheme for each in found.all] == schemes


def test_what_stands_before_a_mistake_counts() -> None:
    found = challenges(['Bearer scope="a", realm="x'])
    assert found.bearer == Challenge("bearer", (("scope", "a"),))


@pytest.mark.parametrize("piece", ['"', "\\", "a,", "a=b,", ", ", 'a="', "a=", "Bearer ", "x x,"])
def test_long_headers_are_read_in_a_moment(piece: str) -> None:
    begun = time.process_time()
    challenges(["Bearer " + piece * (15_000 // len(piece))] * 4)
    assert time.process_time() - begun < 1
