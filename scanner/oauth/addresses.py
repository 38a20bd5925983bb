"""Addresses taken apart as they are written, and judged before anything is sent to them.

Nothing is normalised: what clients compare character by character must stay as it is.
"""

from __future__ import annotations

import ipaddress
import re
from enum import IntEnum
from typing import TypeAlias
from urllib.parse import urljoin

from unsprawl.scanner.record import NamedTuple

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,40}):")
_VISIBLE = re.compile(r"[\x21-\x7e]{1,4000}")
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,60})\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?")
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)\Z")
_METADATA_NAMES = frozenset({"metadata.google.internal", "metadata.goog", "instance-data"})
_METADATA_SERVICES = frozenset({"100.100.100.200", "fd00:ec2::254", "168.63.129.16"})
"""What clouds tell their machines, beside the link-local address that most of them use."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IP: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"


class Reach(IntEnum):
    """From where an address can be reached; the higher, the nearer."""

    PUBLIC = 0
    PRIVATE = 1
    LOOPBACK = 2
    NEVER = 3
    """Link-local, multicast, the metadata service of a cloud: no MCP server is there, and much that is dangerous."""


class Place(NamedTuple):
    """An address that could be called."""

    scheme: str
    host: str
    """Lower case, without brackets."""
    port: int
    target: str
    """Path and query as written, "/" where there is none."""

    @property
    def authority(self) -> str:
        """What the header Host says."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _DEFAULT_PORTS[self.scheme] else f"{shown}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, comparable."""
        return f"{self.scheme}://{self.authority}"


class Unsafe(NamedTuple):
    """An address that must not be called."""

    reason: str
    """In words of our own; no part of the address but its scheme."""


def place_of(url: str) -> Place | Unsafe:
    """The parts of an address; Unsafe for what no client should take for one."""
    if not _VISIBLE.fullmatch(url) or "\\" in url:
        return Unsafe("is empty or too long, or has blanks, backslashes or characters outside ASCII in it")
    scheme = _SCHEME.match(url)
    if scheme is None:
        return Unsafe("is no absolute URL")
    name = scheme[1].lower()
    if name not in _DEFAULT_PORTS:
        return Unsafe(f"has the scheme {name}:")
    if url[scheme.end() : scheme.end() + 2] != "//":
        return Unsafe("is no absolute URL")
    rest = url[scheme.end() + 2 :].partition("#")[0]
    authority = re.split("[/?]", rest, maxsplit=1)[0]
    if "@" in authority:
        return Unsafe("has a user name in it")
    parts = _AUTHORITY.fullmatch(authority)
    port = int(parts[3]) if parts is not None and parts[3] else _DEFAULT_PORTS[name]
    if parts is None or not 0 < port < 65536:
        return Unsafe("names no host")
    target = rest[len(authority) :]
    return Place(name, (parts[1] or parts[2]).lower(), port, target if target[:1] == "/" else f"/{target}")


def joined(base: str, reference: str) -> str:
    """Where a reference leads. One that is a whole address stays as it is written."""
    if _SCHEME.match(reference):
        return reference
    try:
        return urljoin(base, reference)
    except ValueError:  # `//[` is enough
        return reference


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, comparable; "" for what is none."""
    place = place_of(url)
    return place.origin if isinstance(place, Place) else ""


def reach_of(address: str) -> Reach:
    """From where an IP address, as text, can be reached."""
    try:
        parsed: _IP = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return Reach.NEVER
    return max(map(_reach, {parsed, *_inside(parsed)}))


def _inside(address: _IP) -> list[_IP]:
    """The IPv4 addresses that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):  # translated, or of the old form ::1.2.3.4
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


def _reach(address: _IP) -> Reach:
    if address.is_link_local or address.is_multicast or str(address) in _METADATA_SERVICES:
        return Reach.NEVER
    if address.is_loopback or address.is_unspecified:  # who connects to 0.0.0.0 comes to this machine
        return Reach.LOOPBACK
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address.sixtofour or address in _NAT64):
        return Reach.PUBLIC  # the address inside decides
    return Reach.PUBLIC if address.is_global else Reach.PRIVATE


def is_forbidden_name(host: str) -> bool:
    """Whether a name stands for the metadata service of a cloud, whatever it resolves to here."""
    return host.rstrip(".") in _METADATA_NAMES


def is_loopback_name(host: str) -> bool:
    """Whether a host is this machine by its name or number alone."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return is_number(name) and reach_of(name) is Reach.LOOPBACK


def old_number(host: str) -> str | None:
    """The IPv4 address that resolvers and browsers read where a host ends in a number: 2851995905, 0xa9fe0101, 127.1.

    One that is no address after all is "", which nobody can reach; None for a name.
    """
    import socket

    name = host.removesuffix(".")
    if not _ENDS_IN_NUMBER.search(name):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return ""


def is_number(host: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
