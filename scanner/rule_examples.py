"""A rule's examples, tried: its samples are found under its own id, its counter-examples are not."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from unsprawl.rules.samples import checksum_of, expand
from unsprawl.scanner.detect import judge
from unsprawl.scanner.model import Context, Literal, SlotKind
from unsprawl.scanner.names import SHARED

NEUTRAL = Context(SlotKind.OTHER, "note")
"""A place that says nothing about the value."""
_ROUNDS = 5
_SEED = 20261120


def failures(rule: dict[str, Any]) -> Iterator[str]:
    """`/pointer: what` for each example that does not hold. The rule, in the form of its file, must be in force."""
    own = own_context(rule)
    for number, format_ in enumerate(rule.get("formats", ())):
        random, context = Random(_SEED), NEUTRAL if format_["self_identifying"] else own
        values = [expand(format_["sample"], random, checksum_of(format_)) for _ in range(_ROUNDS)]
        yield from _missed(rule, f"/formats/{number}/sample", values, context)
    examples = rule["examples"]
    for number, template in enumerate(examples.get("samples", ())):
        context = NEUTRAL if "uri_schemes" in rule else own
        try:
            values = [expand(template, random, None) for random in [Random(_SEED)] for _ in range(_ROUNDS)]
        except ValueError as error:
            yield f"/examples/samples/{number}: {error}"
            continue
        yield from _missed(rule, f"/examples/samples/{number}", values, context)
    for number, pieces in enumerate(examples.get("matches", ())):
        yield from _missed(rule, f"/examples/matches/{number}", [joined(pieces)], own)
    for number, example in enumerate(examples["rejects"]):
        if any(_found(joined(example), context) == rule["id"] for context in (NEUTRAL, own)):
            yield f"/examples/rejects/{number}: is found as this rule"


def _missed(rule: dict[str, Any], where: str, values: list[str], context: Context) -> Iterator[str]:
    for value in values:
        found = _found(value, context)
        if found != rule["id"]:
            yield f"{where}: is {f'found as {found}' if found else 'not found'}, not as this rule"
            return


def _found(value: str, context: Context) -> str | None:
    judgement = judge(value, context)
    return judgement.rule if isinstance(judgement, Literal) else None


def own_context(rule: dict[str, Any]) -> Context:
    """A place that names the vendor."""
    names = [name for name in rule.get("env_names", ()) if name not in SHARED]
    if names:
        return Context(SlotKind.ENV, names[0])
    if rule.get("headers"):
        return Context(SlotKind.HEADER, rule["headers"][0])
    host = rule.get("hosts", [""])[0].replace("*", "x")
    return Context(SlotKind.ENV, "API_KEY", package=rule.get("packages", [""])[0], host=host)


def joined(example: str | list[str]) -> str:
    """An example in pieces as the text that it stands for."""
    return example if isinstance(example, str) else "".join(example)
