"""Products that servers let their users log in with, and which approach is possible with each."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import inside
from unsprawl.scanner.remotes.registering import Registering, registering

_CAN = frozenset({"yes", "optional"})


class Login(NamedTuple):
    """One product; rules/authorization_servers.yaml says what the words mean."""

    id: str
    name: str
    status: str
    dcr: str
    cimd: str
    resource: str
    domains: tuple[str, ...]
    notes: tuple[str, ...]
    register: Registering

    @property
    def rank(self) -> int:
        """The best approach for a public server that uses it: metadata documents before dynamic registration; where it
        has neither, clients are registered beforehand."""
        return 2 if self.cimd in _CAN else 3 if self.dcr in _CAN else 4


@cache
def logins() -> tuple[Login, ...]:
    """All that are known."""
    from unsprawl.rules.bundle_approaches import LOGINS  # for `explain` and the docs alone

    return tuple(
        Login(
            raw["id"],
            raw["name"],
            raw["status"],
            raw["dcr"],
            raw["cimd"],
            raw["resource"],
            tuple(raw.get("domains", ())),
            tuple(raw.get("notes", ())),
            registering(raw.get("register", {})),
        )
        for raw in LOGINS
    )


def login_of(issuer: str) -> Login | None:
    """The product whose address an issuer is."""
    host = (urlsplit(issuer).hostname or "").lower()
    return next((each for each in logins() if inside(host, each.domains)), None)
