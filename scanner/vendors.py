"""Which vendor the surroundings of a value name: its variable, header, host or package."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from unsprawl.rules.load import host_patterns, load
from unsprawl.scanner.model import Context, SlotKind
from unsprawl.scanner.names import ORDINARY, SHARED, normalised, says_only_secret

if TYPE_CHECKING:
    from unsprawl.rules.rule import Rule


def named(context: Context) -> Iterator[tuple[Rule, bool]]:
    """The rules that the surroundings speak for; True where a name says so, False for a host or package."""
    seen: set[str] = set()
    for rule in named_by_vendor(context):
        if rule.id not in seen:
            seen.add(rule.id)
            yield rule, True
    for rule in (*_of_host(context.host), *_of_package(context.package)):
        if rule.id not in seen:
            seen.add(rule.id)
            yield rule, False


def named_by_vendor(context: Context) -> tuple[Rule, ...]:
    """The rules whose usual variable or header the name is."""
    if not context.name:
        return ()
    rules, name = load(), normalised(context.name)
    exact: tuple[Rule, ...] = ()
    if name not in SHARED:
        exact = rules.of_env(name) or rules.of_env(context.name.upper()) or _behind(name)
    return exact + rules.of_header(context.name.lower())


def _behind(name: str) -> tuple[Rule, ...]:
    """The rules whose variable stands behind one word more: `X-Aws-Secret-Access-Key`, `PROD_TWILIO_AUTH_TOKEN`."""
    word, _, rest = name.partition("_")
    if rest in SHARED or rest.count("_") < (1 if word == "X" else 2):
        return ()
    return load().of_env(rest)


def claimed(value: str, rule: Rule, context: Context) -> Rule | None:
    """The rule that the surroundings speak for, where its format begins as that of `rule` does, which `value` has."""
    shared = None
    for other, _ in named(context):
        if other.id == rule.id:
            return None
        if shared is None and any(
            shape.keywords and not shape.self_identifying and shape.fits(value) for shape in other.formats
        ):
            shared = other
    return shared


@lru_cache(maxsize=256)
def _of_host(host: str) -> tuple[Rule, ...]:
    return load().of_host(host) if host else ()


@lru_cache(maxsize=256)
def _of_package(package: str) -> tuple[Rule, ...]:
    return load().of_package(package) if package else ()


def host_in(host: str, hosts: frozenset[str]) -> bool:
    """Whether `host` is listed, itself or as `*.` of a domain that it is in."""
    return not hosts.isdisjoint(host_patterns(host))


def brand(context: Context) -> str:
    """The vendor that the name speaks of, or ""."""
    if context.kind is SlotKind.OTHER or not context.name:
        return ""
    name = normalised(context.name)
    owners = {rule.provider for rule in load().of_env(name) if rule.provider}
    if name not in SHARED and len(owners) == 1:
        return owners.pop() or ""
    words, rules = name.split("_"), load()
    both = rules.brand("".join(words[:2]))
    # MAKE_BACKUP_KEY speaks of no vendor; MAKE_API_KEY does.
    if both or (words[0] in ORDINARY and not says_only_secret(words[1:])):
        return both
    return rules.brand(words[0])


def alike(vendor: str, other: str) -> bool:
    """Whether one is part of the other: Azure and Azure DevOps."""
    return vendor.partition(" ")[0] == other.partition(" ")[0]
