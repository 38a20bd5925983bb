"""What docs/kinds.md says of a kind, by its rule file, and that README counts what the program does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds_page import cells, counts, identity, kinds, reach, revocation, validated
from unsprawl.rules.bundle_checks import CHECKS, REACH
from unsprawl.rules.check import RECALLED, checks
from unsprawl.rules.load import load

ASKED: dict[str, Any] = {"evidence": "docs-read", "tells": {"login": "/a", "expires": "/b"}}
MORE = {**ASKED, "more": [{"tells": {"account": "/c", "resources": "/d"}}]}


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ([], "-"),
        (ASKED, "yes"),
        ({**ASKED, "cost": "takes one credit"}, "`--costly`"),
        ({**ASKED, "traces": "mints a token"}, "`--costly`"),
        ({**ASKED, "evidence": "recalled"}, "`--experimental`"),
        ([{**ASKED, "evidence": "recalled"}, ASKED], "yes"),
        ([{**ASKED, "cost": "takes one credit"}, ASKED], "yes"),
    ],
)
def test_validated(check: Any, expected: str) -> None:
    assert validated({"check": check}) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ({}, ("-", "-")),
        ({"check": ASKED}, ("login", "end")),
        ({"check": [ASKED, MORE]}, ("login, account", "what it opens, end")),
        ({"check": ASKED, "reach": {"evidence": "docs-read"}}, ("login", "end, severity")),
        ({"check": ASKED, "reach": {"evidence": "recalled"}}, ("login", "end, severity (recalled)")),
        ({"check": ASKED, "reach": {"like": "github-pat-classic"}}, ("login", "end, severity")),
    ],
)
def test_what_is_told(kind: Any, expected: tuple[str, str]) -> None:
    assert (identity(kind), reach(kind)) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ({}, "-"),
        ({"rotate_url": "https://x.example/"}, "[page](https://x.example/)"),
        ({"rotate_url": "https://x.example/", "revoke": {"kind": "self_api"}}, "`revoke`, [page](https://x.example/)"),
    ],
)
def test_revocation(kind: Any, expected: str) -> None:
    assert revocation(kind) == expected


def test_every_kind_has_a_line() -> None:
    assert {kind["id"] for kind in kinds()} == {rule.id for rule in load()}
    assert {len(cells(kind)) for kind in kinds()} == {8}


def test_the_counts_are_those_of_the_bundle() -> None:
    words = counts()
    assert f"{len(list(load()))} kinds" in words
    assert f"about {len(CHECKS)}\n" in words
    assert f"of {len(REACH)}.\n" in words
    firm = [
        rule for rule in CHECKS if any(check.evidence != RECALLED and not check.asks_first for check in checks(rule))
    ]
    assert f"of them, {len(firm)} without another option" in words
