"""Products that servers let their users log in with, and which approach is possible with each."""

from __future__ import annotations

from functools import cache
from urllib.parse import SplitResult, urlsplit

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
    paths: tuple[str, str] | None
    """What is in the path of its issuers, and what its token endpoint adds to them."""
    mind: str
    """What its metadata do not tell, or ""."""
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
            (raw["paths"]["issuer"], raw["paths"]["token"]) if "paths" in raw else None,
            raw.get("mind", ""),
            tuple(raw.get("notes", ())),
            registering(raw.get("register", {})),
        )
        for raw in LOGINS
    )


def login_of(issuer: str, token_endpoint: object = None) -> Login | None:
    """The product that an issuer is: by its address, or by how its token endpoint is spelled. None for what runs under
    names of its operator's and could be anything.
    """
    try:
        parts = urlsplit(issuer)
        host = (parts.hostname or "").lower()
    except ValueError:  # whoever runs it wrote that
        return None
    named = next((each for each in logins() if inside(host, each.domains)), None)
    return named or next((each for each in logins() if _spelled_so(each, parts, issuer, token_endpoint)), None)


def _spelled_so(each: Login, parts: SplitResult, issuer: str, token_endpoint: object) -> bool:
    if each.paths is None:
        return False
    inside_path, added = each.paths
    return inside_path in parts.path and token_endpoint == f"{issuer.rstrip('/')}{added}"
