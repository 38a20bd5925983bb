"""What the build says of a `check` that could not work, and of one that would send where it should not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from unsprawl.rules.build import FOLDER
from unsprawl.rules.check_faults import check_patterns
from unsprawl.rules.patience import CPU_S, slow
from unsprawl.rules.reading import read_rules
from unsprawl.scanner.validate.examples import answer_failures

RULE: dict[str, Any] = {
    "id": "acme",
    "name": "Acme key",
    "severity": "high",
    "formats": [
        {
            "pattern": "acme_[0-9a-z]{32}",
            "self_identifying": True,
            "keywords": ["acme_"],
            "length": {"min": 37, "max": 37},
            "sample": "acme_{ld:32}",
        }
    ],
    "examples": {"rejects": ["acme_YOUR_KEY_HERE"]},
    "confidence": "docs-read",
    "sources": ["the vendor"],
}
CHECK: dict[str, Any] = {
    "url": "https://api.acme.example/v1/me",
    "headers": {"Authorization": "Bearer {token}"},
    "answers": [{"status": 200, "means": "live"}, {"status": 401, "means": "invalid"}],
    "evidence": "docs-read",
}
WITH = {"org": {"names": ["ACME_ORG"]}}
HOST = {"names": ["ACME_URL"], "below": ["acme.example"]}


REACH: dict[str, Any] = {"evidence": "docs-read", "whole": [{"may": ["read"], "severity": "low"}]}
TELLS = {**CHECK, "tells": {"scopes": "/scopes", "login": "/login", "roles": "true /boss"}}
ME = CHECK["url"]
MORE: dict[str, Any] = {"url": ME, "gives": {"user": "/id"}, "tells": {"roles": ["true /boss", "/role"]}}


def faults(folder: Path, check: Any) -> list[str]:
    (folder / "acme.yaml").write_text(json.dumps({**RULE, "check": check}))
    return [fault.partition(": ")[2] for fault in read_rules([folder / "acme.yaml"])[1]]


@pytest.mark.parametrize(
    "check",
    [
        CHECK,
        {**CHECK, "with": WITH, "query": {"org": "{org}"}},
        {**CHECK, "host": HOST, "url": "https://{host}/v1/me"},
        {**CHECK, "parts": "acme_(?P<region>[a-z]{2}).*", "url": "https://{region}.acme.example/v1/me"},
        [{**CHECK, "only": {"token": "acme_a.*"}}, CHECK],
        [{**CHECK, "then_next": True}, CHECK],
        {**CHECK, "more": [{**MORE, "url": f"{ME}/{{user}}"}]},
        {**CHECK, "more": [{**MORE, "query": {"user": "{user}"}}]},
        {**CHECK, "more": [{**MORE, "body": {"json": {"who": ["{user}"]}}}]},
    ],
)
def test_sound(check: Any, tmp_path: Path) -> None:
    assert faults(tmp_path, check) == []


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({**CHECK, "url": "http://api.acme.example/me"}, "/check/url: must fit"),
        ({**CHECK, "url": "https://user@api.acme.example/me"}, "/check/url: must fit"),
        ({**CHECK, "url": "https://{host}/me"}, "/check/host: `{host}` in the address and `host` go together"),
        ({**CHECK, "host": HOST}, "/check/host: `{host}` in the address and `host` go together"),
        ({**CHECK, "query": {"org": "{org}"}}, "/check: nothing gives {org}"),
        ({**CHECK, "with": WITH}, "/check: org is given and not used, or told and not given"),
        ({**CHECK, "tells": {"account": "token org"}}, "/check: org is given and not used, or told and not given"),
        ({**CHECK, "only": {"org": "a.*"}}, "/check/only: nothing gives org"),
        ({**CHECK, "headers": {"X": "y"}}, "/check: does not send the credential"),
        ({**CHECK, "body": {"json": {"a": 1}}}, "/check/body: a GET has none"),
        ({**CHECK, "basic": "{token}:", "digest": "a:{token}"}, "/check: signs in more than one way"),
        ({**CHECK, "parts": "acme_(?P<region>"}, "/check: the pattern for parts does not compile"),
        ({**CHECK, "only": {"token": "(?=a).*"}}, "/check: the pattern for token uses look-around"),
        ({**CHECK, "then_next": True}, "/check/then_next: there is no next check"),
        ([CHECK, CHECK], "/check/0: applies always, so that the checks behind it are never tried"),
        ([CHECK], "/check: too small, at least 2"),
        ({**CHECK, "surprise": 1}, "/check: unknown key surprise"),
        ({**CHECK, "evidence": "guessed"}, "/check/evidence: must be one of"),
        ({**CHECK, "more": [{"url": f"{ME}/{{user}}", "tells": MORE["tells"]}]}, "/check: nothing gives {user}"),
        ({**CHECK, "more": [MORE]}, "/check/more/0/gives: is what this request sends, and all of it"),
        (
            {
                **CHECK,
                "more": [
                    {**MORE, "url": f"{ME}/{{user}}"},
                    {**MORE, "url": f"{ME}/{{user}}", "gives": {"token": "/t"}},
                ],
            },
            "/check/more: token is a name of its own",
        ),
        (
            {**CHECK, "query": {"u": "{user}"}, "more": [{**MORE, "url": f"{ME}/{{user}}"}]},
            "/check/more: gives what the first request sends",
        ),
        (
            {**CHECK, "more": [{**MORE, "url": "https://other.acme.example/{user}"}]},
            "/check/more/0/url: is not on the same",
        ),
        ({**CHECK, "tells": {"roles": "true boss"}}, "/check/tells/roles: "),
        (
            {**CHECK, "answers": [{"status": 401, "means": "invalid"}, {"status": 403, "means": "invalid"}]},
            "/check/answers: nothing means live",
        ),
        (
            {**CHECK, "answers": [*CHECK["answers"], {"status": 401, "has": "expired", "means": "expired"}]},
            "/check/answers/2: never reached: one above takes all answers of this status",
        ),
        (
            {**CHECK, "answers": [*CHECK["answers"], {"status": 403, "means": "unknown"}]},
            "/check/answers/2/why: goes with `unknown`, and with nothing else",
        ),
    ],
)
def test_faults(check: Any, expected: str, tmp_path: Path) -> None:
    found = faults(tmp_path, check)
    assert any(fault.startswith(expected) for fault in found), found


def test_the_patterns_of_the_bundled_checks_are_far_from_slow() -> None:
    """A tenth of what is let pass: a busy machine must not turn a rule into a fault."""
    rules, wrong = read_rules(sorted((FOLDER / "providers").glob("*.yaml")))
    assert wrong == []
    patterns = [pattern for _, rule in rules for pattern in check_patterns(rule)]
    assert len(patterns) > 20
    assert slow(patterns, limit_s=CPU_S / 10) == set()


def line(*scopes: str, severity: str = "low") -> dict[str, Any]:
    return {"is": list(scopes), "may": ["read"], "severity": severity}


def whole(**what: str) -> dict[str, Any]:
    return {"may": ["read"], "severity": "low", **what}


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        (REACH, ""),
        ({"evidence": "docs-read", "scopes": [line("a", "b"), line("c*", severity="high")]}, ""),
        ({"evidence": "recalled", "scopes": [line("c*")]}, ""),
        ({"evidence": "docs-read", "whole": [whole(token="a.*"), whole(login="b"), whole()]}, ""),
        ({"evidence": "docs-read"}, "/reach: needs one of scopes, whole, roles"),
        ({"like": "gitlab-pat", "evidence": "docs-read"}, "/reach: too much, at most 1"),
        ({"evidence": "docs-read", "scops": [line("a")]}, "/reach: unknown key scops (did you mean scopes?)"),
        ({**REACH, "evidence": "guessed"}, "/reach/evidence: must be one of"),
        ({**REACH, "whole": [{"may": ["fly"], "severity": "low"}]}, "/reach/whole/0/may/0: must be one of read, write"),
        ({**REACH, "whole": [{"may": [], "severity": "low"}]}, "/reach/whole/0/may: too small"),
        ({**REACH, "scopes": [{"is": ["(no scope)"], "may": [], "severity": "low"}]}, ""),
        ({"evidence": "docs-read", "roles": [line("boss"), {**line("guest"), "with": ["api*"], "may": []}]}, ""),
        ({**REACH, "roles": [line("boss"), line("guest", "boss")]}, "/reach/roles: 'boss' is there twice"),
        ({**REACH, "roles": [{**line("boss"), "scopes": ["a"]}]}, "/reach/roles/0: unknown key scopes"),
        ({**REACH, "scopes": [line("a*b*c*d")]}, "/reach/scopes/0/is/0: must fit"),
        ({**REACH, "scopes": [line("a"), line("b", "a")]}, "/reach/scopes/1/is: 'a' is taken by a line above"),
        ({**REACH, "scopes": [line("*", severity="high"), line("b")]}, "/reach/scopes/1/is: 'b' is taken by a line"),
        ({**REACH, "scopes": [line("a*")]}, "/reach/scopes/0: `*` takes scopes that nobody knows"),
        ({**REACH, "scopes": [line("a*", severity="medium")]}, "/reach/scopes/0: `*` takes scopes that nobody knows"),
        ({**REACH, "whole": [whole(), whole(token="a")]}, "/reach/whole/0: fits always"),
        ({**REACH, "whole": [whole(token="(?=a)")]}, "/reach/whole/0/token: uses look-around"),
        ({**REACH, "whole": [whole(login="(a+)+")]}, "/reach/whole/0/login: "),
    ],
)  # fmt: skip
def test_reach(reach: Any, expected: str, tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(json.dumps({**RULE, "check": TELLS, "reach": reach}))
    found = [fault.partition(": ")[2] for fault in read_rules([tmp_path / "acme.yaml"])[1]]
    assert any(fault.startswith(expected) for fault in found) if expected else found == [], found


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"reach": REACH}, "/reach: there is no `check`"),
        ({"reach": {**REACH, "scopes": [line("a")]}, "check": CHECK}, "/reach/scopes: no `tells` of the check tells"),
        ({"reach": {**REACH, "roles": [line("boss")]}, "check": CHECK}, "/reach/roles: no `tells` of the check tells"),
        ({"reach": {**REACH, "whole": [whole(login="a")]}, "check": CHECK}, "/reach/whole/0/login: no `tells` of the"),
    ],
)
def test_reach_goes_with_a_check(rule: Any, expected: str, tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(json.dumps({**RULE, **rule}))
    found = [fault.partition(": ")[2] for fault in read_rules([tmp_path / "acme.yaml"])[1]]
    assert any(fault.startswith(expected) for fault in found), found


GOOD = {"status": 200, "json": {"login": "ada", "scopes": ["a", "b"]}, "means": "live"}


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ({**GOOD, "tells": {"login": "ada", "scopes": ["a", "b"]}}, []),
        ({**GOOD, "tells": {"scopes": "a b"}}, []),
        ({"status": 401, "text": "no", "means": "invalid"}, []),
        ({"status": 418, "means": "unknown"}, []),
        ({"status": 429, "means": "rate_limited"}, []),
        ({"status": 401, "means": "live"}, ["/check/examples/0/means: by `answers` it means invalid"]),
        ({"status": 418, "means": "invalid"}, ["/check/examples/0/means: by `answers` it means unknown"]),
        ({**GOOD, "tells": {"login": "bob"}}, ["/check/examples/0/tells/login: by `tells` that is something else"]),
        ({**GOOD, "tells": {"account": "Acme"}}, ["/check/examples/0/tells/account: by `tells` that is not told"]),
    ],
)
def test_documented_answers_are_tried(example: Any, expected: list[str]) -> None:
    assert list(answer_failures({**RULE, "check": {**TELLS, "examples": [example]}})) == expected


def test_each_of_several_checks_has_its_own_answers() -> None:
    wrong = {**CHECK, "examples": [{"status": 200, "means": "invalid"}]}
    assert list(answer_failures({**RULE, "check": [TELLS, wrong]})) == [
        "/check/1/examples/0/means: by `answers` it means live"
    ]
