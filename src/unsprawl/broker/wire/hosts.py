"""Which hosts a value may go to: names as clients write them, compared as the network takes them."""

from __future__ import annotations

import re
from typing import NamedTuple

from unsprawl.vault.destinations import HTTPS

_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII)
_LONGEST = 253


def normalised(host: str) -> str:
    """`host` in lower case, without the dot at its end, letters beyond ASCII as the name system has them (IDNA).

    "" for what is no name, addresses in brackets among it: that equals no bound host.
    """
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    host = host.lower().removesuffix(".")
    return host if len(host) <= _LONGEST and _NAME.fullmatch(host) else ""


class Bound(NamedTuple):
    """One entry of a record's list of hosts."""

    name: str
    below: bool
    """`*.`: names below it, not it itself."""
    port: int

    def takes(self, host: str, port: int) -> bool:
        """Whether a normalised host is meant."""
        if not host or port != self.port:
            return False
        return host.endswith(f".{self.name}") if self.below else host == self.name


def bound(text: str) -> Bound:
    """The entry as a record has it, `name`, `*.name` or `name:port`."""
    name, _, port = text.partition(":")
    below = name.startswith("*.")
    return Bound(normalised(name.removeprefix("*.")), below, int(port) if port else HTTPS)
