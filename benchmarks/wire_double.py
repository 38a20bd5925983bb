"""A vendor's API on loopback: says whether it got the value, tells the time in events, takes and gives large bodies.

`wire_double.py CERTIFICATE`; the value comes on stdin, the port goes to stdout.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import time

EVENTS = 10
APART_S = 0.5
CHUNK = b"x" * 65536


async def main() -> None:
    """Serves until it is ended."""
    value = sys.stdin.readline().strip().encode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _one(reader, writer, value):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, value: bytes) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    method, target, _ = head.split(b"\r\n", 1)[0].split(b" ")
    if target == b"/events":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for _ in range(EVENTS):
            writer.write(b"data: %d\n\n" % time.monotonic_ns())
            await writer.drain()
            await asyncio.sleep(APART_S)
        return False
    if method == b"POST":
        left = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))[15:])
        while left:
            left -= len(await reader.read(min(left, len(CHUNK))))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    elif target.startswith(b"/down/"):
        left = int(target[6:])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % left)
        while left:
            writer.write(CHUNK[:left])
            left -= min(left, len(CHUNK))
            await writer.drain()
    else:
        body = b'{"got_it": %s, "more": "%s"}' % (b"true" if value in head else b"false", b"y" * 2000)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body)
    await writer.drain()
    return True


if __name__ == "__main__":
    asyncio.run(main())
