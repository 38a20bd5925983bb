"""Which way out: direct, or through the proxy that the user's own environment names (curl's and Go's rules)."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from unsprawl.broker.wire.head import Authority


class NoRoute(Exception):
    """The environment names a proxy that cannot be used. The reason holds no address: it may hold a password."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CorporateProxy:
    """A proxy that leads out."""

    address: Authority
    encrypted: bool
    """Whether it is itself spoken to in TLS."""
    credential: bytes = b""
    """For Proxy-Authorization, b"" for none."""

    def __repr__(self) -> str:
        return f"CorporateProxy({self.address})"


class Routes:
    """Read once from an environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        # Lower case first, as curl does. HTTP_PROXY in upper case can be a request header where CGI runs; not here.
        self._secure = _first(environ, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        self._plain = _first(environ, "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
        self._direct = [
            word.strip().lower()
            for word in _first(environ, "no_proxy", "NO_PROXY").replace(" ", ",").split(",")
            if word.strip()
        ]

    def proxy(self, host: str, port: int, *, secure: bool) -> CorporateProxy | None:
        """The proxy for that destination, None for the direct way. Raises NoRoute."""
        text = self._secure if secure else self._plain
        if not text or is_loopback(host) or any(_covers(word, host, port) for word in self._direct):
            return None
        return _parse(text)


def is_loopback(host: str) -> bool:
    """Whether the name or address itself says that it is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return plain_address(address).is_loopback


def plain_address(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address that is written as IPv6, as IPv4."""
    mapped = getattr(address, "ipv4_mapped", None)
    return address if mapped is None else mapped


def _first(environ: Mapping[str, str], *names: str) -> str:
    return next((environ[name] for name in names if environ.get(name)), "")


def _covers(word: str, host: str, port: int) -> bool:
    if word == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(word.strip("[]"), strict=False)
    except ValueError:
        pass
    name, colon, number = word.rpartition(":")
    if colon and number.isdigit() and ":" not in name.strip("[]"):
        if int(number) != port:
            return False
        word = name
    word = word.strip("[]").removeprefix("*").strip(".")
    return bool(word) and (host == word or host.endswith("." + word))


def _parse(text: str) -> CorporateProxy:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NoRoute("the address of the proxy in the environment is not well formed") from None
    if parts.scheme not in ("http", "https"):
        raise NoRoute("the environment names a proxy that is neither http:// nor https://")
    if not host:
        raise NoRoute("the address of the proxy in the environment is not well formed")
    credential = b""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credential = b"Basic " + base64.b64encode(pair.encode())
    encrypted = parts.scheme == "https"
    return CorporateProxy(Authority(host, port or (443 if encrypted else 80)), encrypted, credential)
