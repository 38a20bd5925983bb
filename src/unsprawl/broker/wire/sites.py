"""Where a request goes. All that names the host in it has to agree, or it goes nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from unsprawl.broker.wire.head import Authority, Odd, RequestHead, parse_authority, split_absolute

_SECURE, _PLAIN = 443, 80


@dataclass(frozen=True, slots=True)
class Site:
    """One host, and how it is spoken to."""

    authority: Authority
    secure: bool
    bound: bool
    """Whether values are put in."""

    def __str__(self) -> str:
        return str(self.authority)


def target_of_connect(head: RequestHead) -> Authority:
    """Where a tunnel is to lead. Raises Odd."""
    target = parse_authority(head.target, None)
    if head.length is not None or head.chunked:
        raise Odd("CONNECT has no body")
    _check_host(head, target, target.port)
    return target


def target_inside(head: RequestHead, authority: Authority) -> bytes:
    """The target of a request inside a tunnel, in origin-form. Raises Odd."""
    if head.method == b"CONNECT":
        raise Odd("CONNECT inside a tunnel")
    _check_host(head, authority, _SECURE)
    if head.target.startswith(b"/") or (head.target == b"*" and head.method == b"OPTIONS"):
        return head.target
    parts = split_absolute(head.target)
    if parts is None:
        raise Odd("the target is not well formed")
    scheme, name, target = parts
    if scheme != b"https" or parse_authority(name, _SECURE) != authority:
        raise Odd("the target names another host than the tunnel", 421)
    return target


def whole_address(head: RequestHead) -> tuple[Authority, bool, bytes]:
    """(host, whether in TLS, target in origin-form) of a request to the proxy itself. Raises Odd.

    Some clients ask in this way for https:// too, in place of a tunnel. It is the same request: it goes out in TLS, and
    what is in the clear is on loopback and holds placeholders.
    """
    parts = split_absolute(head.target)
    if parts is None:
        raise Odd("this is a proxy: a request has to name the whole address")
    scheme, name, target = parts
    if scheme not in (b"http", b"https"):
        raise Odd("only http:// and https:// are passed on")
    secure = scheme == b"https"
    port = _SECURE if secure else _PLAIN
    authority = parse_authority(name, port)
    _check_host(head, authority, port)
    return authority, secure, target


def _check_host(head: RequestHead, authority: Authority, port: int) -> None:
    """Raises Odd when the Host header names another place."""
    for value in head.all(b"host"):
        if parse_authority(value, port) != authority:
            raise Odd("the Host header names another host than the address", 421)
