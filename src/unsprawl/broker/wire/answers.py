"""Answers of our own, for requests that are not passed on."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from unsprawl.broker.wire.stream import Gone, Stream

_LINGER_S = 2.0
_QUIET_S = 0.1

# `http.HTTPStatus` would take a tenth of our start.
_PHRASES = {
    400: "Bad Request",
    403: "Forbidden",
    405: "Method Not Allowed",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    502: "Bad Gateway",
}

NO_CREDENTIAL = (
    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
    b'Proxy-Authenticate: Basic realm="unsprawl", charset="UTF-8"\r\n'
    b"Content-Length: 0\r\nProxy-Connection: close\r\nConnection: close\r\n\r\n"
)
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def answer(status: int, text: str, *, body: bool = True) -> bytes:
    """A plain answer that ends the connection. `body`: False for HEAD."""
    content = f"unsprawl: {text}\n".encode()
    head = (
        f"HTTP/1.1 {status} {_PHRASES.get(status, '')}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(content)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + (content if body else b"")


async def say_and_close(client: Stream, data: bytes) -> None:
    """Sends it and ends the connection, so that the client can read it.

    A connection that is closed while the client still sends is reset, and the answer is lost with it: what comes is
    thrown away for a moment.
    """
    with suppress(Gone, TimeoutError):
        client.write(data)
        await client.drain()
        if client.half_closes:
            client.end_writing()
        async with asyncio.timeout(_LINGER_S):
            while True:
                async with asyncio.timeout(_QUIET_S):
                    if not await client.read():
                        break
    client.close()
