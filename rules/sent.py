"""How credentials travel, and what programs do with a proxy: typed records of what the bundle holds.

Only plans and explanations need them; the commit hook never does.
"""

from __future__ import annotations

from functools import cache

from unsprawl.rules.bundle_wire import CLIENTS, SENT
from unsprawl.scanner.record import NamedTuple


class Sent(NamedTuple):
    """How one kind of credential travels. See `sent` in rules/provider.schema.json for the meaning of each field."""

    hosts: tuple[str, ...]
    places: tuple[str, ...]
    address_in: tuple[tuple[str, tuple[str, ...]], ...]
    customers: bool
    never: str
    """Why it cannot be put in on the way; "" where it can."""


class Client(NamedTuple):
    """What one program does with a proxy. See rules/clients.yaml."""

    works: bool
    elsewhere: bool
    never: str
    note: str


TRUST = frozenset(CLIENTS["trust"])
"""Variables that say whose certificates a server believes."""
ADDRESS = frozenset(CLIENTS["address"])
"""How names of variables end that may hold a server's address."""


@cache
def sent(rule_id: str) -> Sent | None:
    """How that kind travels; None where nobody knows well enough."""
    raw = SENT.get(rule_id)
    return None if raw is None else Sent._make(raw)


@cache
def clients() -> dict[str, Client]:
    """The programs that something is known of, by name."""
    return {
        name: Client(
            raw.get("works", False), raw.get("elsewhere", False), raw.get("never", ""), raw.get("note", "")
        )
        for raw in CLIENTS["programs"]
        for name in raw["names"]
    }  # fmt: skip


@cache
def proven_servers() -> frozenset[str]:
    """The packages of which somebody saw that they take a proxy."""
    return frozenset(raw["package"] for raw in CLIENTS["servers"])


def ignores_proxies(package: str) -> str:
    """Why a package goes past every proxy, or ""."""
    return next((raw["reason"] for raw in CLIENTS["ignoring"] if raw["package"] == package.lower()), "")
