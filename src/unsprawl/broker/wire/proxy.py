"""The proxy of one run: on loopback, for the one server that knows its credential."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress

from unsprawl.broker.wire.authority import Authority
from unsprawl.broker.wire.connection import Connection, Surroundings
from unsprawl.broker.wire.model import Audit, Event, Happening
from unsprawl.broker.wire.reading import Reading
from unsprawl.broker.wire.stream import Stream
from unsprawl.broker.wire.swap import Swap
from unsprawl.broker.wire.upstream import Upstream

USER = "unsprawl"
_HOST = "127.0.0.1"
_MOST_UNKNOWN = 512
"""More than a server opens at once."""
_MOST_CONNECTIONS = 2000
_BACKLOG = 512
_REFUSALS_APART_S = 1.0


class WireProxy:
    """Serves from `start` to `close`; an event loop of its own makes `close` certain to end all that it began.

    Clients use `http://unsprawl:CREDENTIAL@127.0.0.1:PORT` and believe `ca_pem`.
    """

    def __init__(self, swap: Swap, audit: Audit, upstream: Upstream, authority: Authority | None = None) -> None:
        self.credential = secrets.token_urlsafe(24)
        self.port = 0
        """0 until `start`."""
        self._audit = audit
        self._authority = authority or Authority(swap.hosts)
        self._authority.tell_other_names(self._other_name)
        self.ca_pem = self._authority.pem
        self._reading = Reading(swap)
        self._around = Surroundings(
            swap, self._reading, audit, upstream, self._authority, f"{USER}:{self.credential}".encode(), self._refused
        )
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._unknown: dict[Stream, None] = {}
        """Clients that have not shown the credential, oldest first."""
        self._last_refusal = float("-inf")

    def __repr__(self) -> str:
        return f"WireProxy({self.port})"

    @property
    def url(self) -> str:
        """For HTTPS_PROXY; it holds the credential."""
        return f"http://{USER}:{self.credential}@{_HOST}:{self.port}"

    async def start(self) -> None:
        """Raises OSError when there is no port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Stream(self._accept), _HOST, 0, backlog=_BACKLOG)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Ends every connection."""
        if self._server is not None:
            self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._reading.close()
        if self._server is not None:
            await self._server.wait_closed()

    def _accept(self, client: Stream) -> None:
        if len(self._tasks) >= _MOST_CONNECTIONS:
            client.abort()
            return
        if len(self._unknown) >= _MOST_UNKNOWN:
            # Another process may open many and say nothing; the server's own are there for a moment only.
            oldest = next(iter(self._unknown))
            del self._unknown[oldest]
            oldest.abort()
        self._unknown[client] = None
        task = asyncio.ensure_future(self._serve(client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: Stream) -> None:
        def known() -> None:
            self._unknown.pop(client, None)

        try:
            await Connection(client, self._around, known).serve()
        finally:
            known()

    def _refused(self, given: str) -> None:
        now = time.monotonic()
        if now - self._last_refusal < _REFUSALS_APART_S:
            return  # one that tries on and on must not fill the disk
        self._last_refusal = now
        reason = "without the credential of this run" if given == "none" else "with another credential"
        self._tell(Event(Happening.REFUSED, status=407, reason=f"a client {reason}"))

    def _other_name(self, host: str, _: str) -> None:
        self._tell(Event(Happening.STOPPED, host=host, reason="the TLS greeting names another host than CONNECT"))

    def _tell(self, event: Event) -> None:
        with suppress(Exception):
            self._audit(event)
