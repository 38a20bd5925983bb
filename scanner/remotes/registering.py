"""How a human registers a client with a vendor, or with the product that a vendor's logins are made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unsprawl.scanner.record import NamedTuple


class Registering(NamedTuple):
    """A block `register` of the rules. Empty fields: not known."""

    what: str = ""
    """What a client is called there, with its article."""
    where: str = ""
    steps: tuple[str, ...] = ()
    """What else to do or to know, a sentence each."""
    secret: str = ""
    """`needed`, `optional`."""
    closed: str = ""
    """Why a client of one's own is not let in: a sentence."""
    sources: tuple[str, ...] = ()

    def over(self, product: Registering) -> Registering:
        """What a vendor says, and after it what holds for the product that its logins are made with."""
        return Registering(
            self.what or product.what,
            self.where or product.where,
            (*self.steps, *product.steps),
            self.secret or product.secret,
            self.closed or product.closed,
            tuple(dict.fromkeys((*self.sources, *product.sources))),
        )


def registering(raw: Mapping[str, Any]) -> Registering:
    """Made of a block of the rules; {} where there is none."""
    return Registering(
        raw.get("what", ""),
        raw.get("where", ""),
        tuple(raw.get("steps", ())),
        raw.get("secret", ""),
        raw.get("closed", ""),
        (raw["source"],) if "source" in raw else (),
    )
