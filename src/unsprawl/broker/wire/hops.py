"""What belongs to one connection and is not passed on: the hop-by-hop headers (RFC 9110, section 7.6.1)."""

from __future__ import annotations

from unsprawl.broker.wire.head import Head, Headers, Odd

_ALWAYS = frozenset(
    {b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization", b"proxy-authenticate", b"upgrade"}
    | {b"http2-settings", b"alt-svc"}  # another way to the same host would pass us by
)
_NEVER_NAMED = frozenset(
    {b"host", b"content-length", b"transfer-encoding", b"authorization", b"cookie", b"content-type", b"expect"}
    | {b"content-encoding", b"set-cookie"}
)


def end_to_end(head: Head) -> Headers:
    """The headers of a message as they are passed on: the order and the case stay.

    Raises Odd when `Connection` names one without which the message means something else.
    """
    named = head.listed(b"connection")
    if named & _NEVER_NAMED:
        raise Odd("Connection names a header that belongs to the message")
    dropped = _ALWAYS | named
    kept = [(name, value) for name, value in head.headers if name.lower() not in dropped]
    protocol = head.all(b"upgrade")
    if b"upgrade" in named and len(protocol) == 1 and not protocol[0].lower().startswith(b"h2"):
        kept += [(b"Connection", b"Upgrade"), (b"Upgrade", protocol[0])]
    elif b"te" in named and b"trailers" in head.listed(b"te"):
        kept += [(b"Connection", b"TE"), (b"TE", b"trailers")]
    return kept


def without(headers: Headers, *names: bytes) -> Headers:
    """Those of other names (in lower case)."""
    return [(name, value) for name, value in headers if name.lower() not in names]
