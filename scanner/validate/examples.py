"""The documented answers beside the checks of a rule, tried: each means and tells what the rule says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from unsprawl.rules.check import listed, made
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.validate.judge import judged


def answer_failures(rule: Mapping[str, Any]) -> Iterator[str]:
    """`/pointer: what` for each answer that comes to something else. The rule is in the form of its file."""
    written = rule.get("check", [])
    for number, raw in enumerate(listed(written)):
        where = f"/check/{number}" if isinstance(written, list) else "/check"
        for place, example in enumerate(raw.get("examples", ())):
            yield from (f"{where}/examples/{place}{what}" for what in _failures(raw, example))


def _failures(raw: Mapping[str, Any], example: Mapping[str, Any]) -> Iterator[str]:
    check = made(raw)
    if check.inside or any(condition.certificate for condition in check.conditions):
        return  # what they mean depends on a credential, which no file has
    headers = {"content-type": "application/json" if "json" in example else "text/plain"}
    headers |= {name.lower(): text for name, text in example.get("headers", {}).items()}
    body = json.dumps(example["json"]) if "json" in example else example.get("text", "")
    names = {second.name for second in check.seconds} | {"token"}
    what = judged(
        check, Answer("", example["status"], tuple(headers.items()), body.encode()), {name: name for name in names}
    )
    if what.state != example["means"]:
        yield f"/means: by `answers` it means {what.state.value}"
        return
    told = {
        "login": what.login,
        "account": what.account,
        "scopes": list(what.reach.scopes),
        "expires": what.reach.expires,
        "last_used": what.reach.last_used,
        "resources": list(what.reach.resources),
        "roles": list(what.reach.roles),
    }
    for field, wanted in example.get("tells", {}).items():
        known = told.get(field)
        if known is None:
            yield f"/tells: {field} is nothing that can be told; known are {', '.join(told)}"
        elif _flat(known) != _flat(wanted):
            yield f"/tells/{field}: by `tells` that is {'something else' if known else 'not told'}"


def _flat(told: Any) -> list[str]:
    """Its words: examples have lists as text too, and names of several accounts as a list."""
    return (" ".join(told) if isinstance(told, list) else str(told)).replace(",", " ").split()
