"""Makes a client ID metadata document for hosts. Pure; what it makes passes our own checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unsprawl.scanner.hosts import Host
from unsprawl.scanner.oauth.addresses import Place, Reach, place_of
from unsprawl.scanner.oauth.clients import bridge_client
from unsprawl.scanner.oauth.network import by_name
from unsprawl.scanner.record import NamedTuple


class Written(NamedTuple):
    """A document, and what could not be put into it."""

    document: dict[str, Any]
    left_out: tuple[str, ...]
    """Sentences for people."""


def written(address: str, name: str, hosts: Sequence[Host], ports: Sequence[int] = ()) -> Written:
    """The document that is to be published at `address`, for these hosts. `ports`: those that they are told to use,
    beside none, which servers that keep to RFC 8252 take for any.
    """
    redirects: list[str] = []
    left_out: list[str] = []
    for each in hosts:
        found = _redirects(each, ports)
        redirects += found
        if not found:
            left_out.append(_why(each))
    near = all(_is_near(url) for url in redirects)
    return Written(
        {
            "client_id": address,
            "client_name": name,
            "client_uri": _origin(address),
            "redirect_uris": list(dict.fromkeys(redirects)),
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            **({"application_type": "native"} if near else {}),
        },
        tuple(left_out),
    )


def _redirects(host: Host, ports: Sequence[int]) -> list[str]:
    sent = (bridge_client().redirect_uri,) if host.needs_bridge else host.oauth.redirects
    found = []
    for each in sent:
        if "<" in each.replace("<port>", ""):
            continue
        forms = [each.replace(":<port>", f":{port}") for port in ports] if "<port>" in each else []
        forms.append(each.replace(":<port>", ""))
        found += [form for form in forms if isinstance(place_of(form), Place)]
    return found


def _why(host: Host) -> str:
    if not host.needs_bridge and host.oauth.redirects:
        return f"{host.name} sends a redirect address of its own for each server, which no list can hold"
    return f"which redirect address {host.name} sends is not known"


def _is_near(url: str) -> bool:
    place = place_of(url)
    return isinstance(place, Place) and by_name(place) is Reach.LOOPBACK


def _origin(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
