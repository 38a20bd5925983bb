"""A destination as one word of a command line: `GITHUB_TOKEN=header,basic@api.github.com,github.com`."""

from __future__ import annotations

from unsprawl.scanner.errors import UsageError
from unsprawl.vault.destinations import DestinationRefused, check_host
from unsprawl.vault.plain import shown
from unsprawl.vault.record import Destination, Place


def text_of(destination: Destination) -> str:
    """The word that `destination_of` reads."""
    return f"{destination.variable}={','.join(destination.places)}@{','.join(destination.hosts)}"


def destination_of(text: str) -> Destination:
    """The destination that a word names. Raises UsageError, which says what is wrong."""
    variable, equals, rest = text.partition("=")
    places, at, hosts = rest.partition("@")
    if not (equals and at and variable and places and hosts):
        raise UsageError(f"`{shown(text)}` is no destination", hint="Write NAME=header@api.example.com.")
    try:
        found = tuple(dict.fromkeys(Place(place) for place in places.split(",")))
    except ValueError:
        raise UsageError(
            f"`{shown(places)}` names no part of a request", hint=f"Known are {', '.join(Place)}."
        ) from None
    names = tuple(dict.fromkeys(hosts.split(",")))
    for name in names:
        try:
            check_host(name)
        except DestinationRefused as refused:
            raise UsageError(f"`{shown(name)}` {refused.reason}") from None
    return Destination(variable, names, found)
