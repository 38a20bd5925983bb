"""How a host is told of a client that somebody registered; where it cannot log in, how the bridge in front of it is."""

from __future__ import annotations

from shlex import join

from unsprawl.scanner.hosts import Host
from unsprawl.scanner.oauth.clients import bridge_client
from unsprawl.scanner.record import NamedTuple


class Means(NamedTuple):
    """How a host, or the bridge that logs in for it, is told of a client."""

    name: str
    client_id: str
    static: bool | None
    secret: str
    """How it takes a client secret without a file of the host: a sentence, or ""."""
    secret_key: str
    """Where a secret would stand in the file."""
    port: str
    redirect: str
    """The key that takes a whole redirect address."""
    redirects: tuple[str, ...]
    login: str
    document: str
    """Where the address of a client metadata document of one's own is written."""


def means_of(host: Host, name: str = "NAME") -> Means:
    """Of one host. `name`: of the entry that is to log in."""
    login = host.oauth
    if host.needs_bridge:
        bridge = bridge_client()
        return Means(
            bridge.name,
            f'{bridge.client_id} with {{"client_id": "..."}}',
            True,
            bridge.secret_apart,
            "",
            bridge.fixed_port,
            "",
            (bridge.redirect_uri,),
            f"start the entry in {host.name}: {bridge.name} opens the browser",
            bridge.document,
        )
    told = join(login.login_command(name)) if login.login else login.in_app.replace("NAME", name)
    return Means(
        host.name,
        login.client_id_told,
        login.static,
        login.secret_apart,
        ".".join(login.client_secret),
        login.callback_port_told,
        ".".join(login.redirect_uri),
        login.redirects,
        f"`{told}`" if login.login else told,
        ".".join(login.document) or login.client_id_told,
    )
