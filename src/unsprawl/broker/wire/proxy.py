"""The proxy of one run: on loopback, for the one server that knows its credential."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from unsprawl.broker.wire.authority import Authority
from unsprawl.broker.wire.connection import Connection, Surroundings
from unsprawl.broker.wire.door import BACKLOG, USER, Door
from unsprawl.broker.wire.model import Audit, Event, Happening
from unsprawl.broker.wire.reading import Reading
from unsprawl.broker.wire.stream import Stream
from unsprawl.broker.wire.swap import Swap
from unsprawl.broker.wire.upstream import Upstream

_MOST_UNKNOWN = 512
"""More than a server opens at once."""
_MOST_CONNECTIONS = 2000
_REFUSALS_APART_S = 1.0


class WireProxy:
    """Serves from `start` to `close`; an event loop of its own makes `close` certain to end all that it began.

    Clients use `http://unsprawl:CREDENTIAL@127.0.0.1:PORT` and believe `ca_pem`.
    """

    def __init__(
        self,
        swap: Swap,
        audit: Audit,
        upstream: Upstream,
        authority: Authority | None = None,
        door: Door | None = None,
    ) -> None:
        """Raises OSError when there is no port."""
        self._door = door or Door()
        self.credential = self._door.credential
        self.port = self._door.port
        self.url = self._door.url
        """For HTTPS_PROXY; it holds the credential."""
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

    async def start(self) -> None:
        """Take the connections that wait at the door, and all that come."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Stream(self._accept), sock=self._door.socket, backlog=BACKLOG)

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

    def _refused(self, status: int, reason: str) -> None:
        now = time.monotonic()
        if now - self._last_refusal < _REFUSALS_APART_S:
            return  # one that tries on and on must not fill the disk
        self._last_refusal = now
        self._tell(Event(Happening.REFUSED, status=status, reason=reason))

    def _other_name(self, host: str, _: str) -> None:
        self._tell(Event(Happening.STOPPED, host=host, reason="the TLS greeting names another host than CONNECT"))

    def _tell(self, event: Event) -> None:
        with suppress(Exception):
            self._audit(event)
