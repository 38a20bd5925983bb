"""The connection to the host that one client's requests go to, kept from one of them to the next."""

from __future__ import annotations

import asyncio

from unsprawl.broker.wire.routes import CorporateProxy
from unsprawl.broker.wire.sites import Site
from unsprawl.broker.wire.stream import Stream
from unsprawl.broker.wire.upstream import Opened, Upstream


class Outward:
    """Belongs to one client alone, so that no other gets an answer that was meant for it."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._ahead: asyncio.Task[Stream] | None = None
        """Begun with a tunnel: it is there when the client's TLS is."""
        self._opened: Opened | None = None
        self._site: Site | None = None

    def begin(self, site: Site) -> None:
        """The first request will go there."""
        self._ahead = asyncio.ensure_future(self._secure(site))

    async def to(self, site: Site) -> tuple[Opened, bool]:
        """A connection to that site, and whether it has waited there for this request. Raises Unreachable."""
        if self._opened is not None and self._site == site and self._opened.stream.fresh:
            return self._opened, True
        ahead, self._ahead = self._ahead, None
        self.drop()
        if ahead is not None:
            self._keep(site, await ahead, None)
            if self._opened is not None and self._opened.stream.fresh:
                return self._opened, True
            self.drop()
        if site.secure:
            return self._keep(site, await self._secure(site), None), False
        opened = await self._upstream.open_plain(site.authority.host, site.authority.port)
        return self._keep(site, opened.stream, opened.proxy), False

    def drop(self) -> None:
        """The next request gets a new one."""
        if self._ahead is not None:
            self._ahead.cancel()
            self._ahead.add_done_callback(_abort)
        if self._opened is not None:
            self._opened.stream.abort()
        self._ahead = self._opened = self._site = None

    async def _secure(self, site: Site) -> Stream:
        return await self._upstream.open(site.authority.host, site.authority.port, guarded=site.bound)

    def _keep(self, site: Site, stream: Stream, proxy: CorporateProxy | None) -> Opened:
        self._site, self._opened = site, Opened(stream, proxy)
        return self._opened


def _abort(task: asyncio.Task[Stream]) -> None:
    """Of a connection that nobody needs any more."""
    if not task.cancelled() and task.exception() is None:
        task.result().abort()
