"""How a credential can end itself: typed records of what the bundle holds.

Only `unsprawl revoke` loads them. See `revoke` in rules/provider.schema.json for the meaning of each field. A kind
without a record is ended by a person, on the page of its rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from unsprawl.rules.check import Check, Pairs, made
from unsprawl.scanner.record import NamedTuple

TAKEN, REFUSED = "revoked", "invalid"
"""What the conditions of the request mean: its vendor says that it takes it, or that it does not."""


class First(NamedTuple):
    """What is read before, with the credential, because the request needs it."""

    url: str
    headers: Pairs
    gives: Pairs
    """(name, JSON pointer) of what is needed, in the answer or in each item of the list that it is."""
    where: Pairs
    """(JSON pointer, what must stand there) of the item that is meant."""


class Revocation(NamedTuple):
    """The one request that ends a credential."""

    kind: str
    """`unauthenticated_api`: whoever holds the text can end it; `self_api`: it ends itself."""
    request: Check
    """Its conditions mean `TAKEN` or `REFUSED`; neither is a proof."""
    first: First | None
    effect: str
    """What else happens then, as a sentence; "" for nothing that is known."""


@cache
def revocation(rule_id: str) -> Revocation | None:
    """The way to end one of that kind; None where a person must do it."""
    from unsprawl.rules.bundle_checks import REVOCATIONS

    raw = REVOCATIONS.get(rule_id)
    return None if raw is None else made_of(raw)


def made_of(raw: Mapping[str, Any]) -> Revocation:
    """The record of `revoke` of a rule file."""
    answers = [{**each, "means": TAKEN} for each in raw["accepts"]]
    answers += [{**each, "means": REFUSED} for each in raw.get("refuses", ())]
    first = raw.get("first")
    return Revocation(
        raw["kind"],
        made({"method": "POST", **raw, "answers": answers}),
        None
        if first is None
        else First(
            first["url"],
            tuple(first.get("headers", raw.get("headers", {})).items()),
            tuple(first["gives"].items()),
            tuple(first.get("where", {}).items()),
        ),
        raw.get("effect", ""),
    )
