"""Whose keys an entry holds, by every name that a policy may call the provider by."""

from __future__ import annotations

from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.remotes.facts import facts_of
from unsprawl.scanner.remotes.match import matches


def whose(found: ExaminedEntry) -> frozenset[str]:
    """The providers of its keys, and the services that it starts or calls, by id and name; folded."""
    services = [match.service for match in matches(facts_of(found))]
    providers = [finding.literal.provider or "" for finding in found.findings]
    names = (*providers, *(name for each in services for name in (each.id, each.name)))
    return frozenset(name.casefold() for name in names if name)
