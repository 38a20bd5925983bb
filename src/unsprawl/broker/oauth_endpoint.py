"""The one call to a token endpoint: the wire proxy's way out, no redirect followed, bounded in time and size."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import h11

from unsprawl.broker.oauth_answer import LARGEST_ANSWER, Reply, Request
from unsprawl.broker.wire.connect import Unreachable as NoWay
from unsprawl.broker.wire.stream import Gone, Stream
from unsprawl.broker.wire.upstream import Upstream

WHOLE_S = 15.0
"""For all of it, also where bytes come one at a time."""
_LARGEST_HEAD = 64 * 1024


class Unreachable(Exception):
    """There was no whole answer. Its text is of our words: an error of a library may hold anything."""


class Endpoint:
    """Sends requests to where they say. `environ` names the user's own proxy, as for `Upstream`."""

    def __init__(self, environ: Mapping[str, str], extra_ca: Path | None = None) -> None:
        self._environ = environ
        self._extra_ca = extra_ca

    def __call__(self, request: Request) -> Reply:
        """Blocks until there is an answer. Raises Unreachable."""
        found: list[Reply | Unreachable] = []

        async def answer() -> None:
            found.append(await self._within_time(request))

        def ask() -> None:
            try:
                asyncio.run(answer())
            except Unreachable as error:
                found.append(error)
            except Exception as error:  # its text may hold what was sent, and a thread's goes to stderr
                found.append(Unreachable(f"the request could not be made ({type(error).__name__})"))

        # A thread of its own: the caller's may have a loop that runs, and its signals are none of this loop's.
        thread = threading.Thread(target=ask, name="token endpoint")
        thread.start()
        thread.join()
        first = found[0]  # an answer stays one, whatever happens when the loop is closed
        if isinstance(first, Unreachable):
            raise first
        return first

    async def _within_time(self, request: Request) -> Reply:
        try:
            async with asyncio.timeout(WHOLE_S):
                stream = await self._open(request.url)
                try:
                    return await _exchange(stream, request)
                finally:
                    stream.abort()
        except TimeoutError:
            raise Unreachable("it does not answer in time") from None
        except NoWay as error:
            raise Unreachable(error.reason) from None
        except Gone:
            raise Unreachable("it breaks the connection off") from None
        except h11.RemoteProtocolError:
            raise Unreachable("it does not speak HTTP, or breaks off") from None

    async def _open(self, url: str) -> Stream:
        upstream, parts = Upstream(self._environ, self._extra_ca), urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "http":  # on this very machine: see `oauth_token.endpoint`
            return (await upstream.open_plain(host, parts.port or 80)).stream
        return await upstream.open(host, parts.port or 443)


async def _exchange(stream: Stream, request: Request) -> Reply:
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", parts.netloc), ("Content-Length", str(len(request.body))), *request.headers.items()]
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
    head = h11.Request(method="POST", target=target, headers=headers)
    for part in (head, h11.Data(data=request.body), h11.EndOfMessage()):
        stream.write(connection.send(part) or b"")
    response, body = None, bytearray()
    while len(body) <= LARGEST_ANSWER:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await stream.read())
        elif isinstance(event, h11.Response):
            response = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif not isinstance(event, h11.InformationalResponse):
            break
    if response is None:
        raise Gone
    said = {name.decode("ascii"): value.decode("latin-1") for name, value in response.headers}
    return Reply(response.status_code, said, bytes(body))
