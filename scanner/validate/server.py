"""Whose server a credential is for, where customers have servers of their own. Pure.

Nothing is sent to a host that neither a rule nor the user names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from unsprawl.rules.check import HostRule
from unsprawl.rules.load import compiled
from unsprawl.scanner.oauth.addresses import (
    Place,
    Reach,
    Unsafe,
    is_forbidden_name,
    is_loopback_name,
    is_number,
    old_number,
    place_of,
    reach_of,
)
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.validate.told import Told, server_of

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"(?:{LABEL}\.)*{LABEL}"
_PATH = r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,99}){0,5}"
_REFERENCE = re.compile("[${<]")
HTTPS_PORT = 443
Tools: TypeAlias = Callable[[str, str], str]
"""For a program and a token: the address in the user's own configuration of it, or ""."""


class Unasked(NamedTuple):
    """Why nobody is asked. `reason` stands alone, in words of our own and names of variables."""

    reason: str
    host: str = ""
    """What the user could allow."""
    named: bool = False
    """What stands beside it names a server, or another service: the usual one is not meant."""


class Server(NamedTuple):
    """Where a request goes."""

    host: str
    port: int = HTTPS_PORT
    path: str = ""
    """Before that of the request; without a slash at the end."""
    scheme: str = "https"
    trusted: bool = False
    """The user names it: it may be in a private network, or on this machine."""
    presumed: bool = False
    """The entry names none, and the usual one is meant."""

    @property
    def shown(self) -> str:
        """Host and port as people write them, without the usual port of https."""
        host = bracketed(self.host)
        return host if self.port == HTTPS_PORT else f"{host}:{self.port}"

    @property
    def begin(self) -> str:
        """Its address, with its port always."""
        return f"{self.scheme}://{bracketed(self.host)}:{self.port}/"


def bracketed(host: str) -> str:
    """A host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def servers(
    rule: HostRule, told: Told, hosts: Collection[str], allowed: Collection[str], tool: Callable[[str], str]
) -> tuple[Server, ...] | Unasked:
    """The servers to ask, one after the other while they know nothing of the credential.

    `hosts` are the vendor's, as its rule lists them; `allowed` are those that the user allows; `tool` gives the address
    that the user's own configuration of a program names.
    """
    if rule.tool:
        return _of_tool(rule, tool(rule.tool))
    named = list(_named(rule, told))
    known = [each for each in named if not _REFERENCE.search(each[1])]
    name, text = next(iter(known or named), ("", ""))
    if not name:
        return _presumed(rule, told, hosts, allowed)
    place = _place(text, rule)
    found = Unasked(f"{name} {place.reason}") if isinstance(place, Unasked) else _one(rule, place, name, allowed)
    return found._replace(named=True) if isinstance(found, Unasked) else found


def _named(rule: HostRule, told: Told) -> Iterator[tuple[str, str]]:
    for name in rule.names:
        for variable, text in told.pairs:
            if variable == name and text.strip():
                yield name, text.strip()


def _presumed(
    rule: HostRule, told: Told, hosts: Collection[str], allowed: Collection[str]
) -> tuple[Server, ...] | Unasked:
    called = server_of(told)
    vendors = (*rule.below, rule.default, *(host.removeprefix("*.") for host in hosts))
    if rule.careful and called and not any(_below(called, each) for each in vendors):
        place = place_of(told.address)
        if isinstance(place, Unsafe):
            return Unasked("the address of its server is none that is understood")
        found = _one(rule, place._replace(target="/"), "the address of its server", allowed)
        return found._replace(named=True) if isinstance(found, Unasked) else found
    if not rule.default:
        return Unasked(f"{_or(rule.names)} would say whose server it is for, and the entry has none")
    if rule.careful and not told.entry:
        return Unasked("it stands alone, and nothing says whose server it is for")
    usual = []
    for host in (rule.default, *rule.also):
        server = _formed(rule, Server(host, presumed=True))
        if isinstance(server, Unasked):
            return server
        usual.append(server)
    return tuple(usual)


def _of_tool(rule: HostRule, address: str) -> tuple[Server, ...] | Unasked:
    if not address:
        return Unasked(f"the user's own configuration of {rule.tool} names no registry")
    place = place_of(address)
    if isinstance(place, Unsafe) or place.scheme != "https":
        return Unasked(f"the registry in the configuration of {rule.tool} has no https address")
    return (_kept(rule, place, Server(place.host, place.port, trusted=True)),)


def _one(rule: HostRule, place: Place, name: str, allowed: Collection[str]) -> tuple[Server, ...] | Unasked:
    host = place.host.rstrip(".")
    if compiled(_NAME).fullmatch(host) is None and not is_number(host):
        return Unasked(f"{name} names no host")
    vendors = host in (rule.default, *rule.also) or any(_below(host, each) for each in rule.below)
    server = _formed(rule, _kept(rule, place, Server(host, place.port, scheme=place.scheme)))
    if isinstance(server, Unasked):
        return server
    if vendors:
        if (server.port, server.scheme) != (HTTPS_PORT, "https"):
            return Unasked(f"{name} is not the vendor's own https address")
        return (server,)
    if any(_below(host, each) for each in rule.never_below):
        return Unasked(f"{name} names a server that takes no credentials of this kind")
    if not rule.free:
        return Unasked(f"{name} names a server that is not the vendor's")
    number = host if is_number(host) else old_number(host)
    if is_forbidden_name(host) or (number is not None and reach_of(number) is Reach.NEVER):
        return Unasked(f"{name} leads where no server is, and nothing is sent there, whoever allows it")
    named = server._replace(host=host)
    if not {named.shown, server.shown} & set(allowed):
        return Unasked(f"{name} names a server of its owner's, and nobody allowed it", named.shown)
    if server.scheme == "http" and not is_loopback_name(host):
        return Unasked(f"{name} is not https, and a credential goes into encrypted requests only")
    return (server._replace(trusted=True),)


def _place(text: str, rule: HostRule) -> Place | Unasked:
    if _REFERENCE.search(text):
        return Unasked("holds a reference, so whose server it is for is not known")
    if "://" not in text and "." not in text.partition("/")[0] and rule.below:
        label = text.lower().rstrip("/")
        if compiled(LABEL).fullmatch(label) is None:
            return Unasked("is no name of a host")
        return Place("https", f"{label}.{rule.below[0]}", HTTPS_PORT, "/")
    place = place_of(text if "://" in text else f"https://{text}")
    return Unasked(f"is no address: it {place.reason}") if isinstance(place, Unsafe) else place


def _kept(rule: HostRule, place: Place, server: Server) -> Server:
    """With the path of the address, where the API is below it."""
    path = place.target.partition("?")[0].rstrip("/")
    if rule.path is None or compiled(_PATH).fullmatch(path) is None:
        return server
    for ending in rule.path:
        path = path.removesuffix(ending)
    return server._replace(path=path)


def _formed(rule: HostRule, server: Server) -> Server | Unasked:
    for pattern, form in rule.forms:
        if _fits(server.host, pattern):
            host, slash, path = form.replace("{}", server.host).partition("/")
            if compiled(_NAME).fullmatch(host) is None and not is_number(host):
                return Unasked("its server has no name that an API could be below")
            return server._replace(host=host, path=f"/{path}" if slash else server.path)
    return server


def _fits(host: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[a-z0-9.-]+"), host) is not None


def _below(host: str, domain: str) -> bool:
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _or(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} or {names[1]}"
