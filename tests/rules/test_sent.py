"""How keys travel, as the rules say it: what every one of them must hold, and what the build refuses."""

from __future__ import annotations

from typing import Any

import pytest

from unsprawl.rules import build, reading
from unsprawl.rules.bundle_wire import SENT
from unsprawl.rules.sent import Sent, sent
from unsprawl.scanner.destinations import _bound
from unsprawl.vault.destinations import check_host
from unsprawl.vault.record import Place

RULES, _ = build.read_all()
SCHEMA = reading.read_schema(build.FOLDER / "provider.schema.json")
WITH = [rule for rule in RULES if "sent" in rule]
GOOD = next(rule for rule in RULES if rule["id"] == "gitlab-pat")


def known(rule: dict[str, Any]) -> Sent:
    found = sent(rule["id"])
    assert found is not None
    return found


def test_many_kinds_are_known_both_ways() -> None:
    assert set(SENT) == {rule["id"] for rule in WITH}
    assert sum(bool(known(rule).places) for rule in WITH) >= 140
    assert sum(bool(known(rule).never) for rule in WITH) >= 35


@pytest.mark.parametrize("rule", WITH, ids=lambda rule: str(rule["id"]))
def test_each_names_only_what_a_record_may(rule: dict[str, Any]) -> None:
    found = known(rule)
    if found.never:
        assert (found.hosts, found.places, found.address_in) == ((), (), ())
        assert found.never[0].islower() or found.never.startswith("MTProto")
        assert not found.never.endswith(".")
        return
    assert found.hosts or found.address_in
    assert set(found.places) <= {place.value for place in Place}
    for host in _bound(found, []):
        check_host(host)
    for _, templates in found.address_in:
        for template in templates:
            check_host(template.replace("{}", "acme" if template.startswith("{}.") else "acme.test"))
    if found.customers:
        assert any(host.startswith("*.") for host in found.hosts)
        assert found.address_in


@pytest.mark.parametrize(
    "change",
    [
        {"places": []},
        {"places": ["body"]},
        {"evidence": "recalled"},
        {"never": "it cannot be done at all"},
        {"customers": False},
        {"address_in": {}},
        {"address_in": {"lower": ["{}"]}},
        {"address_in": {"A_URL": ["{}.acme.test/path"]}},
        {"address_in": {"A_URL": ["evil.test"]}},
        {"address_in": {"A_URL": ["*.{}"]}},
        {"unknown": 1},
    ],
)
def test_what_the_schema_refuses(change: dict[str, Any]) -> None:
    assert not reading.schema_errors(GOOD, SCHEMA, "x.yaml")
    assert reading.schema_errors({**GOOD, "sent": {**GOOD["sent"], **change}}, SCHEMA, "x.yaml")


def test_a_key_needs_a_host() -> None:
    rule = {key: value for key, value in GOOD.items() if key != "hosts"}
    rule["sent"] = {"places": ["header"], "evidence": "run"}
    assert build._sent_errors([reading.RuleFile("x.yaml", rule)]) == [
        "x.yaml: /sent: says neither `hosts` nor `address_in`"
    ]
    assert not build._sent_errors([reading.RuleFile("x.yaml", GOOD)])
