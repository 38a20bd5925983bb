"""Every provider file proves itself: its samples are found under its own id, its counter-examples are not."""

from __future__ import annotations

import string
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from unsprawl.rules.load import compiled, load
from unsprawl.rules.samples import checksum_of, expand
from unsprawl.scanner import known
from unsprawl.scanner.detect import judge
from unsprawl.scanner.model import Literal
from unsprawl.scanner.rule_examples import NEUTRAL, joined, own_context

FILES = sorted((Path(__file__).parents[2] / "rules" / "providers").glob("*.yaml"))
RULES: list[dict[str, Any]] = [yaml.safe_load(path.read_text("utf-8")) for path in FILES]
BY_ID = {rule["id"]: rule for rule in RULES}
FORMATS = [(rule, index) for rule in RULES for index in range(len(rule.get("formats", ())))]
ROUNDS = 25
WITHIN = {"pem-private-key", "slack-webhook", "fly", "google-service-account"}
"""Kinds that may begin in the middle of a word, or hold another format after one."""


def format_id(case: object) -> str:
    return case["id"] if isinstance(case, dict) else str(case)


def samples(rule: dict[str, Any], index: int, seed: int = 20261120) -> list[str]:
    shape, random = rule["formats"][index], Random(seed)
    return [expand(shape["sample"], random, checksum_of(shape)) for _ in range(ROUNDS)]


def test_there_are_rules() -> None:
    assert len(RULES) >= 45
    assert set(BY_ID) == {rule.id for rule in load()}


@pytest.mark.parametrize(("rule", "index"), FORMATS, ids=format_id)
def test_samples_are_found(rule: dict[str, Any], index: int) -> None:
    context = NEUTRAL if rule["formats"][index]["self_identifying"] else own_context(rule)
    for sample in samples(rule, index):
        judgement = judge(sample, context)
        assert isinstance(judgement, Literal)
        assert judgement.rule == rule["id"]
        # Of a text around a PEM key the key is told.
        whole = sample[judgement.start : judgement.end].startswith("-----BEGIN") or sample
        assert whole is True or (judgement.start, judgement.end) == (0, len(sample))
        assert judgement.provider == rule.get("provider")


@pytest.mark.parametrize("rule", [rule for rule in RULES if "formats" not in rule], ids=format_id)
def test_samples_without_a_format_are_found(rule: dict[str, Any]) -> None:
    random = Random(7)
    context = NEUTRAL if "uri_schemes" in rule else own_context(rule)
    for sample in (expand(template, random) for template in rule["examples"]["samples"] for _ in range(ROUNDS)):
        judgement = judge(sample, context)
        assert isinstance(judgement, Literal)
        assert judgement.rule == rule["id"]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule["examples"].get("matches")], ids=format_id)
def test_written_matches_are_found(rule: dict[str, Any]) -> None:
    for pieces in rule["examples"]["matches"]:
        judgement = judge(joined(pieces), own_context(rule))
        assert isinstance(judgement, Literal)
        assert judgement.rule == rule["id"]


@pytest.mark.parametrize("rule", RULES, ids=format_id)
def test_rejects_are_no_secrets(rule: dict[str, Any]) -> None:
    for example in rule["examples"]["rejects"]:
        for context in (NEUTRAL, own_context(rule)):
            judgement = judge(joined(example), context)
            assert not (isinstance(judgement, Literal) and judgement.rule == rule["id"]), context


@pytest.mark.parametrize(
    ("rule", "index"), [case for case in FORMATS if "checksum" in case[0]["formats"][case[1]]], ids=format_id
)
def test_a_wrong_checksum_is_no_secret(rule: dict[str, Any], index: int) -> None:
    for sample in samples(rule, index):
        wrong = sample[:-1] + ("0" if sample[-1] != "0" else "1")
        assert not isinstance(judge(wrong, own_context(rule)), Literal)


@pytest.mark.parametrize(
    ("rule", "index"), [case for case in FORMATS if case[0]["formats"][case[1]]["self_identifying"]], ids=format_id
)
def test_no_other_rule_claims_it(rule: dict[str, Any], index: int) -> None:
    for sample in samples(rule, index, seed=5)[:8]:
        hits = {
            other.id
            for _, formats in load().keywords(sample)
            for other, shape in formats
            if compiled(shape.pattern).search(f'"{sample}"')
            and (hit := known.find(sample))
            and hit.rule.id != rule["id"]
        }
        assert not hits
        assert known.find(f'prefix "{sample}" suffix') is not None
        assert known.find(f"Zz9{sample}") is None or rule["id"] in WITHIN


@pytest.mark.parametrize(
    "alphabet", [string.ascii_letters + string.digits + "+/", "0123456789abcdef", "0123456789ABCDEF"]
)
def test_random_noise_is_no_vendors_token(alphabet: str) -> None:
    random = Random(400)
    noise = "".join(random.choices(alphabet, k=400_000))
    position = 0
    while position < len(noise):
        width = random.randint(8, 400)
        assert known.find(noise[position : position + width]) is None
        position += width
