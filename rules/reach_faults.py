"""What the schema cannot say of `reach`: patterns that take long, lines that are never reached, likeness to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from unsprawl.rules import patterns
from unsprawl.rules.check import listed
from unsprawl.rules.reach import Meanings, made

if TYPE_CHECKING:
    from unsprawl.rules.reading import RuleFile

_ORDER = ("critical", "high", "medium", "low").index


def reach_faults(rule: Mapping[str, Any], shown: str) -> list[str]:
    """`file: /pointer: what` for every fault of the meanings of a rule that fits the schema."""
    raw = rule.get("reach")
    if raw is None:
        return []
    wrong = []
    if "check" not in rule:
        wrong.append(": there is no `check`, so that nobody ever says what it may do")
    if "like" not in raw:
        wrong += [*_faults(made(raw), list(_told(rule))), *_guesses(made(raw), rule["severity"])]
    return [f"{shown}: /reach{what}" for what in wrong]


def reach_patterns(rule: Mapping[str, Any]) -> list[str]:
    """All patterns in the meanings of a rule that fits the schema."""
    raw = rule.get("reach")
    if raw is None or "like" in raw:
        return []
    return [pattern for each in made(raw).whole for pattern in (each.token, each.login) if pattern]


def like_errors(rules: Iterable[RuleFile], others: Iterable[str]) -> list[str]:
    """Those that are like a kind which says nothing of its own; `others` are kinds that do besides these rules."""
    known = list(rules)
    firm = {file.rule["id"] for file in known if "like" not in file.rule.get("reach", {"like": ""})} | {*others}
    return [
        f"{shown}: /reach/like: {rule['reach']['like']!r} is no rule that says itself what its scopes mean"
        for shown, rule in known
        if "like" in rule.get("reach", {}) and rule["reach"]["like"] not in firm
    ]


def _told(rule: Mapping[str, Any]) -> Iterator[str]:
    for check in listed(rule.get("check", [])):
        for each in (check, *check.get("more", ())):
            yield from each.get("tells", {})


def _guesses(known: Meanings, severity: str) -> Iterator[str]:
    """Patterns that would call scopes harmless which nobody has read about."""
    least = max(_ORDER("high"), _ORDER(severity))
    for number, meaning in enumerate(known.scopes):
        if known.firm and any("*" in scope for scope in meaning.scopes) and _ORDER(meaning.severity) > least:
            yield f"/scopes/{number}: `*` takes scopes that nobody knows: say high at least, or name each of them"


def _faults(known: Meanings, told: list[str]) -> Iterator[str]:
    if known.scopes and "scopes" not in told:
        yield "/scopes: no `tells` of the check tells scopes"
    seen: set[str] = set()
    for number, meaning in enumerate(known.scopes):
        for scope in meaning.scopes:
            if scope in seen or "*" in seen:
                yield f"/scopes/{number}/is: {scope!r} is taken by a line above"
            seen.add(scope)
    if known.roles and "roles" not in told:
        yield "/roles: no `tells` of the check tells roles"
    names = [name for role in known.roles for name in role.roles]
    yield from (
        f"/roles: {name!r} is there twice" for name in sorted({each for each in names if names.count(each) > 1})
    )
    for number, whole in enumerate(known.whole):
        if not whole.token and not whole.login and number < len(known.whole) - 1:
            yield f"/whole/{number}: fits always, so that the lines below are never reached"
        for name, pattern in (("token", whole.token), ("login", whole.login)):
            for what in patterns.faults(pattern, groups=0) if pattern else ():
                yield f"/whole/{number}/{name}: {what}"
        if whole.login and "login" not in told:
            yield f"/whole/{number}/login: no `tells` of the check tells a login"
