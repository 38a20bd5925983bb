"""Entries of one host that use two accounts at one vendor: most hosts keep one login for each address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.formats.node import Path
from unsprawl.scanner.remotes.candidates import address_at
from unsprawl.scanner.remotes.facts import facts_of
from unsprawl.scanner.remotes.keep_local import blockers
from unsprawl.scanner.remotes.match import matches
from unsprawl.scanner.secret import Secret

Account: TypeAlias = tuple[str, Path, str]
"""File and place of an entry, and the id of the service."""


def second_accounts(entries: Iterable[ExaminedEntry]) -> frozenset[Account]:
    """Those of which another entry has other keys for the same address of a service in the same host."""
    users: dict[tuple[str, str, str], list[tuple[Account, frozenset[Secret]]]] = {}
    for found in entries:
        secrets = frozenset(finding.secret for finding in found.findings)
        facts = facts_of(found)
        for match in matches(facts) if secrets else ():
            if any(each.kind == "self-hosted" for each in blockers(match.service, facts)):
                continue  # an account at a server of the user's own is none at the vendor
            account = (found.entry.path, found.entry.key_path, match.service.id)
            at = address_at(match.service, facts)
            for host in found.entry.owners:
                users.setdefault((host, match.service.id, at), []).append((account, secrets))
    return frozenset(
        account
        for group in users.values()
        for account, mine in group
        if any(mine.isdisjoint(theirs) for _, theirs in group)
    )
