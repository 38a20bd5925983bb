"""Which vendor the surroundings of a value name: its variable, header, host or package."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from unsprawl.rules.load import Rule, load
from unsprawl.scanner.model import Context, SlotKind
from unsprawl.scanner.names import SHARED, normalised


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
        exact = rules.by_env.get(name) or rules.by_env.get(context.name.upper(), ())
    return exact + rules.by_header.get(context.name.lower(), ())


@lru_cache(maxsize=256)
def _of_host(host: str) -> tuple[Rule, ...]:
    if not host:
        return ()
    by_host = load().by_host
    parent = host.partition(".")[2]
    return by_host.get(host, ()) + by_host.get(f"*.{parent}", ())


@lru_cache(maxsize=256)
def _of_package(package: str) -> tuple[Rule, ...]:
    if not package:
        return ()
    lower = package.lower()
    return tuple(rule for fragment, rule in load().by_package if fragment in lower)


def host_in(host: str, hosts: frozenset[str]) -> bool:
    """Whether `host` is listed, itself or as `*.` of its parent."""
    return host in hosts or f"*.{host.partition('.')[2]}" in hosts


@cache
def _brands() -> dict[str, str]:
    brands = {}
    for rule in load().by_id.values():
        if rule.provider:
            brands["".join(filter(str.isalnum, rule.provider)).upper()] = rule.provider
    return brands


def brand(context: Context) -> str:
    """The vendor that the name speaks of, or ""."""
    if context.kind is SlotKind.OTHER or not context.name:
        return ""
    name = normalised(context.name)
    owners = {rule.provider for rule in load().by_env.get(name, ()) if rule.provider}
    if name not in SHARED and len(owners) == 1:
        return owners.pop() or ""
    words = name.split("_")
    return _brands().get(words[0]) or _brands().get("".join(words[:2]), "")
