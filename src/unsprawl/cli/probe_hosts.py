"""The hosts that options of `probe` name, and what they need at a server that was probed."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.hosts import Host, host, hosts
from unsprawl.scanner.oauth.registration_checks import has_cimd, has_dcr
from unsprawl.scanner.oauth.verdict import Kind
from unsprawl.scanner.own_client import OwnClient, own_client
from unsprawl.scanner.remotes.match import service_at
from unsprawl.scanner.report.probe_json import Probed

_NO_LOGIN = {
    Kind.OPEN: "The server asks for no login.",
    Kind.STATIC_KEY: "The server offers no login, so no client can be registered.",
}


def known_host(name: str) -> Host:
    """The host of this id. Raises UsageError where there is none."""
    try:
        return host(name)
    except KeyError:
        near = get_close_matches(name, [each.id for each in hosts()], n=1)
        hint = f"Did you mean {near[0]}?" if near else "`unsprawl hosts --all --format json` has the ids."
        raise UsageError(f"no such host: {name}", hint=hint) from None


def registering(probed: Probed, asked: Sequence[Host]) -> list[OwnClient]:
    """How a client is registered for each of these hosts, as far as the probe and the catalogue tell."""
    seen = probed.seen
    if probed.verdict.kind in _NO_LOGIN:
        said = _NO_LOGIN[probed.verdict.kind]
        return [OwnClient(each.id, False, "", None, (), (said,), ()) for each in asked]
    offered = (has_cimd(seen), has_dcr(seen)) if seen.server is not None else None
    service = service_at(seen.target.url)
    return [own_client(each, service, seen.issuer, offered) for each in asked]
