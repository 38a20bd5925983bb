"""What the schema cannot say of `check`: names that nothing gives, answers that are never reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from unsprawl.rules import patterns
from unsprawl.rules.check import Check, Condition, listed, made
from unsprawl.rules.revocation import made_of

_NAME = re.compile(r"\{([a-z_]+)\}")
_GIVEN = ("token", "host", "path", "jwt")


def check_faults(rule: Mapping[str, Any], shown: str) -> list[str]:
    """`file: /pointer: what` for every fault of the checks of a rule that fits the schema."""
    written = rule.get("check", [])
    found = listed(written)
    wrong = []
    for number, raw in enumerate(found):
        where = f"/check/{number}" if isinstance(written, list) else "/check"
        last = number == len(found) - 1
        wrong += [f"{shown}: {where}{what}" for what in (*_faults(made(raw)), *_order_faults(made(raw), last=last))]
    return wrong + [f"{shown}: /revoke{what}" for what in _revocation_faults(rule)]


def _revocation_faults(rule: Mapping[str, Any]) -> Iterator[str]:
    raw = rule.get("revoke")
    if raw is None:
        return
    way = made_of(raw)
    if "check" not in rule:
        yield ": without a check nobody would see whether it is dead"
    if way.first is not None and way.first.url.split("/")[2] != way.request.url.split("/")[2]:
        yield "/first/url: is another server's"
    yield from _faults(way.request._replace(lookup=("", way.first.gives if way.first is not None else ())))


def check_patterns(rule: Mapping[str, Any]) -> list[str]:
    """All patterns in the checks of a rule that fits the schema."""
    checks = [made(raw) for raw in listed(rule.get("check", []))]
    checks += [made_of(rule["revoke"]).request] if "revoke" in rule else []
    return [pattern for check in checks for _, pattern in _patterns(check) if pattern]


def _patterns(check: Check) -> Iterator[tuple[str, str]]:
    yield from check.only
    yield "parts", check.parts
    yield from ((each.name, each.pattern) for each in check.seconds)


def _order_faults(check: Check, *, last: bool) -> Iterator[str]:
    if not any(condition.means in ("live", "live_restricted") or condition.why for condition in check.conditions):
        yield "/answers: nothing means live"
    if last and check.then_next:
        yield "/then_next: there is no next check"
    if not last and not check.only and not check.then_next and not check.seconds and check.host is None:
        yield ": applies always, so that the checks behind it are never tried"


def _faults(check: Check) -> Iterator[str]:
    groups = frozenset((*patterns.groups(check.parts), *(name for name, _ in (*check.inside, *check.lookup[1]))))
    seconds = {second.name for second in check.seconds}
    used = set(_NAME.findall(" ".join(_templates(check))))
    asked = {name for name, _ in check.only}
    gives = {name for each in check.more for name, _ in each.gives}
    for name in sorted(used - seconds - groups - gives - set(_GIVEN)):
        yield f": nothing gives {{{name}}}"
    for name in sorted((seconds | groups) & set(_GIVEN)):
        yield f"/with: {name} is a name of its own"
    told = {place.partition(" ")[2] for _, places in check.tells for place in places if place.startswith("token ")}
    for name in sorted((seconds - used - asked) | (told - groups)):
        yield f": {name} is given and not used, or told and not given"
    for name in sorted(asked - seconds - groups - {"token"}):
        yield f"/only: nothing gives {name}"
    if set(_NAME.findall(check.lookup[0])) - {"host"}:
        yield "/lookup/url: sends something of the entry"
    if (check.host is not None) != ("{host}" in check.url or "{host}" in check.lookup[0]):
        yield "/host: `{host}` in the address and `host` go together"
    if ("jwt" in used) != bool(check.hs256):
        yield "/hs256: `{jwt}` in a template and `hs256` go together"
    if "token" not in used and not groups & used:
        yield ": does not send the credential"
    if sum(map(bool, (check.basic, check.digest, check.sigv4))) > 1:
        yield ": signs in more than one way"
    for name, pattern in _patterns(check):
        for what in patterns.faults(pattern, groups=9) if pattern else ():
            yield f": the pattern for {name} {what}"
    for name in sorted(gives & {*seconds, *groups, *_GIVEN}):
        yield f"/more: {name} is a name of its own"
    if gives & set(_NAME.findall(" ".join(_templates(check._replace(more=()))))):
        yield "/more: gives what the first request sends"
    for number, each in enumerate(check.more):
        needed = set(_NAME.findall(" ".join((each.url, *(text for _, text in each.query), *texts(each.body[1])))))
        if needed & gives != {name for name, _ in each.gives}:
            yield f"/more/{number}/gives: is what this request sends, and all of it"
        if _authority(each.url) != _authority(check.url):
            yield f"/more/{number}/url: is not on the same server"
    if check.method == "GET" and check.body[0]:
        yield "/body: a GET has none"
    yield from _unreached(check.conditions)


def _authority(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _unreached(conditions: Iterable[Condition]) -> Iterator[str]:
    closed: set[int] = set()
    for number, condition in enumerate(conditions):
        if closed.issuperset(condition.status):
            yield f"/answers/{number}: never reached: one above takes all answers of this status"
        if not condition.reads:
            closed.update(condition.status)
        if (condition.means == "unknown") != bool(condition.why):
            yield f"/answers/{number}/why: goes with `unknown`, and with nothing else"


def _templates(check: Check) -> Iterator[str]:
    yield check.url
    yield check.basic
    yield check.digest
    yield from (each.url for each in check.more)
    for pairs in (*(each.query for each in check.more), check.query, check.headers, check.sigv4, check.hs256):
        yield from (text for _, text in pairs)
    yield from (condition.certificate for condition in check.conditions)
    yield from (pointer for condition in check.conditions for pointer in (*condition.there, *condition.missing))
    yield from texts(check.body[1])
    yield from (text for each in check.more for text in texts(each.body[1]))


def texts(data: Any) -> Iterator[str]:
    """All texts in the data of a body."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)
