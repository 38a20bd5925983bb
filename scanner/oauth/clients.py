"""How hosts, and the libraries that they are made of, behave where a server asks for a login: facts from the rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from unsprawl.scanner.host_oauth import host_oauth
from unsprawl.scanner.record import NamedTuple


class Client(NamedTuple):
    """One host or library; rules/oauth_checks.yaml says what each field means. None or "": not known."""

    id: str
    name: str
    evidence: str
    asks: str
    issuer: str
    resource: str
    no_pkce_list: str
    cimd: bool | None
    dcr: bool | None
    relative_metadata: str
    foreign_metadata: str
    named_metadata_fails: str
    root_metadata: bool
    without_metadata: str
    client_id: str
    redirect_uri: str
    fixed_port: str
    document: str
    """What takes the address of a client metadata document of one's own."""
    secret_apart: str

    @property
    def reported_only(self) -> bool:
        """Whether nobody read or ran it: only reports of users are known."""
        return self.evidence == "issue"


@cache
def clients() -> tuple[Client, ...]:
    """The hosts of which something is known, and then the libraries."""
    from unsprawl.rules.bundle_hosts import HOSTS
    from unsprawl.rules.bundle_oauth import OAUTH

    libraries: dict[str, Mapping[str, Any]] = {}
    for raw in OAUTH["clients"]:
        libraries[raw["id"]] = {**libraries.get(raw.get("builds_on", ""), {}), **raw}
    own: list[Mapping[str, Any]] = [
        {**libraries.get(raw["oauth"]["behaviour"].get("builds_on", ""), {}), **_of_host(raw)}
        for raw in HOSTS
        if "behaviour" in raw["oauth"]
    ]
    return tuple(map(_client, [*own, *libraries.values()]))


def bridge_client() -> Client:
    """The program that calls remote servers for hosts which cannot log in: the one of rules/bridge.yaml."""
    from unsprawl.rules.bundle import BRIDGE

    return next(each for each in clients() if each.id.startswith(f"{BRIDGE['package']}-"))


def _of_host(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """What hosts.yaml says, in the words of `clients`."""
    login = host_oauth(raw["oauth"])
    known = {key: value for key, value in (("cimd", login.cimd), ("dcr", login.dcr)) if value is not None}
    told = {"id": raw["id"], "name": raw["name"], "redirect_uri": " or ".join(login.redirects)}
    keys = {"client_id": login.client_id_told, "fixed_port": login.port_told}
    return {**raw["oauth"]["behaviour"], **known, **told, **keys}


def _client(raw: Mapping[str, Any]) -> Client:
    return Client(
        raw["id"],
        raw["name"],
        raw["evidence"],
        raw.get("asks", ""),
        raw.get("issuer", ""),
        raw.get("resource", ""),
        raw.get("no_pkce_list", ""),
        raw.get("cimd"),
        raw.get("dcr"),
        raw.get("relative_metadata", ""),
        raw.get("foreign_metadata", ""),
        raw.get("named_metadata_fails", ""),
        raw.get("root_metadata", False),
        raw.get("without_metadata", ""),
        raw.get("client_id", ""),
        raw.get("redirect_uri", ""),
        raw.get("fixed_port", ""),
        raw.get("document", ""),
        raw.get("secret_apart", ""),
    )
