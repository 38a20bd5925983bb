"""What a vendor's words for rights mean, by kind of credential: typed records of what the bundle holds.

Only `scan --validate` loads them. See `reach` in rules/provider.schema.json for the meaning of each field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from unsprawl.rules.check import RECALLED
from unsprawl.scanner.record import NamedTuple


class Meaning(NamedTuple):
    """What some scopes let a credential do."""

    scopes: tuple[str, ...]
    """In the vendor's spelling; `*` stands for anything."""
    rights: tuple[str, ...]
    severity: str


class Role(NamedTuple):
    """What its owner is, and what that lets a credential do."""

    roles: tuple[str, ...]
    """In the vendor's spelling."""
    beside: tuple[str, ...]
    """Scopes with one of which it counts, where scopes are told; () for any. `*` stands for anything."""
    rights: tuple[str, ...]
    severity: str


class Whole(NamedTuple):
    """What every credential of the kind may do, or those that look like this."""

    token: str
    """What the whole credential fits; "" for any."""
    login: str
    """What the whole name of its owner fits; "" for any."""
    rights: tuple[str, ...]
    severity: str


class Meanings(NamedTuple):
    """All that is known of a kind."""

    evidence: str
    scopes: tuple[Meaning, ...]
    """The first that has a scope counts for it."""
    whole: tuple[Whole, ...]
    """The first that fits counts."""
    roles: tuple[Role, ...] = ()

    @property
    def firm(self) -> bool:
        """Whether somebody has read it, so that it may say that a credential is harmless."""
        return self.evidence != RECALLED


_own: dict[str, Mapping[str, Any]] = {}


@cache
def meanings(rule_id: str) -> Meanings | None:
    """What the words for rights of that kind mean; None where that is not known."""
    from unsprawl.rules.bundle_checks import REACH  # the build makes records before there is one

    raw = _own.get(rule_id) or REACH.get(rule_id)
    if raw is None:
        return None
    return meanings(raw["like"]) if "like" in raw else made(raw)


def known() -> frozenset[str]:
    """The bundled kinds that say themselves what their words mean, which others may be like."""
    from unsprawl.rules.bundle_checks import REACH

    return frozenset(rule_id for rule_id, raw in REACH.items() if "like" not in raw)


def extend(rules: Iterable[Mapping[str, Any]]) -> None:
    """Add those of rules of the user's own, as their files have them, which have ids of their own."""
    _own.update({rule["id"]: rule["reach"] for rule in rules if "reach" in rule})
    meanings.cache_clear()


def made(raw: Mapping[str, Any]) -> Meanings:
    """The record of one `reach` of a rule file that is not like another's."""
    return Meanings(
        raw["evidence"],
        tuple(Meaning(tuple(each["is"]), tuple(each["may"]), each["severity"]) for each in raw.get("scopes", ())),
        tuple(
            Whole(each.get("token", ""), each.get("login", ""), tuple(each["may"]), each["severity"])
            for each in raw.get("whole", ())
        ),
        tuple(
            Role(tuple(each["is"]), tuple(each.get("with", ())), tuple(each["may"]), each["severity"])
            for each in raw.get("roles", ())
        ),
    )
