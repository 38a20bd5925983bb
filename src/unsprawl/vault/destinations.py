"""Which hosts a record may name for the wire proxy: names, and `*.` only before a name that has one owner."""

from __future__ import annotations

import re

HTTPS = 443
_LONGEST = 253
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_ABOVE = "*."


class DestinationRefused(ValueError):
    """A host that no value may be bound to. `reason` says why and does not quote it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_host(text: str) -> tuple[str, int]:
    """The name (with its `*.`, if it has one) and the port that `text` stands for. Raises DestinationRefused.

    Only the canonical spelling is taken: lower case, letters beyond ASCII as `xn--`, no dot at the end. An address is
    refused, in any spelling: a certificate and a person tell names apart.
    """
    name, colon, digits = text.partition(":")
    if colon and not (_PORT.fullmatch(digits) and int(digits) < 65536):
        raise DestinationRefused("has a port that does not exist")
    plain = name.removeprefix(_ABOVE)
    labels = plain.split(".")
    if len(plain) > _LONGEST or not all(map(_LABEL.fullmatch, labels)):
        raise DestinationRefused("is not a host name in lower case, or `*.` before one")
    if _NUMBER.fullmatch(labels[-1]):
        raise DestinationRefused("is an address, not a name")
    if name != plain:
        _check_owner(plain, labels)
    return name, int(digits) if colon else HTTPS


def _check_owner(name: str, labels: list[str]) -> None:
    """Raises DestinationRefused where somebody else can get a host below `name`."""
    if len(labels) < 2:
        raise DestinationRefused("has `*.` before a single word")
    from unsprawl.rules.bundle_destinations import DESTINATIONS  # only records with a `*.` need it

    if len(labels) == 2 and len(labels[1]) == 2 and labels[0] in DESTINATIONS["registries"]:
        raise DestinationRefused("has `*.` before a name under which a country registers others")
    shared = [*DESTINATIONS["shared"], *DESTINATIONS["deep"]]
    if any(each == name or each.endswith(f".{name}") for each in shared) or any(
        name.endswith(f".{each}") for each in DESTINATIONS["deep"]
    ):
        raise DestinationRefused("has `*.` before a name under which anybody can get a host")
