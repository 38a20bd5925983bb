"""What `team init` offers as the lowest approach that a server may use, in words."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.scanner.record import NamedTuple


class Floor(NamedTuple):
    """One answer to how a server may get its key."""

    lowest: int
    accept: tuple[str, ...]
    title: str
    says: str


FLOORS = (
    Floor(4, ("vaulted", "referenced"), "no key in plain", "a login, the broker, the vault, or a variable of each"),
    Floor(4, ("vaulted",), "no key outside of a vault", "a login, the broker or the vault; a variable is not enough"),
    Floor(4, (), "no key in the hands of a server", "a login or the broker"),
    Floor(6, (), "anything", "keys in plain are found all the same, but nothing else is asked of a server"),
)
"""The usual one first."""


def spelled(lowest: int, accept: Sequence[str]) -> str:
    """As the policy says it."""
    return f"lowest: {lowest}" + (f", accept: {', '.join(accept)}" if accept else "")
