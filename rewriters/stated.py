"""What the user says of logins: the address that an entry can log in at, the id of a client that was registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Stated:
    """By the names of entries."""

    remotes: Mapping[str, str] = field(default_factory=dict)
    """Addresses, without credentials; "" for the one that the entry calls already."""
    clients: Mapping[str, str] = field(default_factory=dict)
    """Ids of clients that somebody registered with the vendor. No secret."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """The ports in the redirect addresses that they were registered with."""

    @property
    def entries(self) -> frozenset[str]:
        """All names that something is said of."""
        return frozenset((*self.remotes, *self.clients))


NOTHING_STATED = Stated()
