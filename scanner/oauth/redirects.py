"""The redirect addresses that an active probe registers: one of its own, and those of hosts, as each would do it."""

from __future__ import annotations

import re
import secrets

from unsprawl.scanner.oauth.clients import Client, clients

FOREIGN = "https://unsprawl.invalid/callback"
"""Of a host that never exists: no server should send anybody there."""
_FIRST_PORT, _LAST_PORT = 49152, 65535
_ADDRESS = re.compile(r"https?://[^\s()<>]+")


def a_port() -> int:
    """Of those that nobody serves at; nobody is ever sent there."""
    return _FIRST_PORT + secrets.randbelow(_LAST_PORT - _FIRST_PORT)


def own(port: int) -> str:
    """The redirect address of the probe's own client."""
    return f"http://127.0.0.1:{port}/callback"


def shape_of(client: Client, port: int) -> tuple[str, ...]:
    """What a host registers; () where that is not known, or is an address of the host's own kind."""
    text = client.redirect_uri.replace("<port>", str(port))
    return tuple(_ADDRESS.findall(re.sub(r"<[^<>]{0,80}>", "unsprawl", text)))


def shapes(port: int) -> list[tuple[str, ...]]:
    """What the known hosts register, each once."""
    return [shape for shape in dict.fromkeys(shape_of(client, port) for client in clients()) if shape]
