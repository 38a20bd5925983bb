"""One request of a client: looked at, given its values, passed on, answered."""

from __future__ import annotations

import asyncio

import h11

from unsprawl.broker.wire.answers import say_and_close
from unsprawl.broker.wire.exchange import Exchange, Finished, NoAnswer, Outgoing
from unsprawl.broker.wire.head import Authority, Odd, RequestHead
from unsprawl.broker.wire.hops import end_to_end
from unsprawl.broker.wire.incoming import Incoming
from unsprawl.broker.wire.model import Happening
from unsprawl.broker.wire.outward import Outward
from unsprawl.broker.wire.reading import Reading
from unsprawl.broker.wire.routes import CorporateProxy
from unsprawl.broker.wire.sites import Site, target_inside, whole_address
from unsprawl.broker.wire.stream import Stream
from unsprawl.broker.wire.swap import Stopped, Swap
from unsprawl.broker.wire.telling import Refused, Telling
from unsprawl.broker.wire.tunnel import relay
from unsprawl.broker.wire.upstream import Opened, Unreachable, Upstream
from unsprawl.broker.wire.values import Values
from unsprawl.scanner.errors import VaultError

_REPEATABLE = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE"})
_ECHOES = frozenset({b"TRACE", b"TRACK", b"DEBUG"})


class Passing:
    """The requests of one client, one after the other."""

    def __init__(self, client: Stream, swap: Swap, reading: Reading, upstream: Upstream, telling: Telling) -> None:
        self._client = client
        self._swap = swap
        self._reading = reading
        self._outward = Outward(upstream)
        self._telling = telling
        self._values: tuple[Authority, asyncio.Task[Values]] | None = None

    def begin(self, site: Site) -> None:
        """A tunnel to that bound site begins: its connection and its values will be needed."""
        self._outward.begin(site)
        self._ask(site.authority)

    def close(self) -> None:
        """The client is gone."""
        self._outward.drop()
        self._forget()

    async def pass_on(self, incoming: Incoming, tunnel: Site | None) -> bool:
        """Whether another request may follow. Raises Refused, Odd, Gone, and CutOff.

        `tunnel`: what the tunnel that it came through leads to.
        """
        head = incoming.head
        self._telling.method = head.method.decode("ascii")
        if tunnel is None:
            site, target = self._site_of(head)
            self._telling.host = str(site)
        else:
            site, target = tunnel, target_inside(head, tunnel.authority)
        request, variables = await self._prepared(head, site, target)
        finished, opened = await self._exchange(incoming, site, request, variables)
        if finished.switched:
            await relay(self._client, opened.stream)
            return False
        if not finished.keep_upstream:
            self._outward.drop()
        if not finished.keep_client and not incoming.body.done:
            await say_and_close(self._client, b"")  # it was answered before it had sent all
        return finished.keep_client

    def _site_of(self, head: RequestHead) -> tuple[Site, bytes]:
        authority, secure, target = whole_address(head)
        stopped = self._swap.stops_connect(authority.host)
        if stopped is not None:
            raise Refused(403, stopped.reason, variables=stopped.variables)
        return Site(authority, secure, secure and self._swap.intercepts(authority.host, authority.port)), target

    async def _prepared(self, head: RequestHead, site: Site, target: bytes) -> tuple[Outgoing, tuple[str, ...]]:
        """The request as it is sent on, with the values that belong to its site."""
        if head.method in _ECHOES:
            raise Refused(405, f"{self._telling.method} would echo what is sent, so it is not passed on")
        headers = end_to_end(head)
        if not head.all(b"host"):
            headers.insert(0, (b"Host", str(site).encode("ascii")))
        host, port = site.authority.host, site.authority.port
        if not site.secure:
            stopped = self._swap.stops_plain(host, target, headers)
            if stopped is not None:
                raise Refused(403, stopped.reason, variables=stopped.variables)
            return Outgoing(target, headers, None), ()
        values = await self._read(site.authority) if site.bound else None
        swapped = self._swap.request(host, port, target, headers, values or Values({}))
        if isinstance(swapped, Stopped):
            raise Refused(403, swapped.reason, variables=swapped.variables)
        return Outgoing(swapped.target, list(swapped.headers), values), swapped.variables

    async def _read(self, authority: Authority) -> Values:
        try:
            return await self._ask(authority)
        except VaultError as error:
            self._forget()  # it may be unlocked for the next request
            raise Refused(502, f"{error.message}. {error.hint}".rstrip(), Happening.FAILED) from None

    def _ask(self, authority: Authority) -> asyncio.Task[Values]:
        known = self._values
        ended = known is not None and known[1].done() and not self._swap.fresh(authority.host, authority.port)
        if known is None or known[0] != authority or ended:
            self._forget()
            known = authority, asyncio.ensure_future(self._reading.values(authority.host, authority.port))
            self._values = known
        return known[1]

    def _forget(self) -> None:
        if self._values is not None:
            self._values[1].cancel()
            self._values[1].add_done_callback(lambda task: task.cancelled() or task.exception())
            self._values = None

    async def _exchange(
        self, incoming: Incoming, site: Site, request: Outgoing, variables: tuple[str, ...]
    ) -> tuple[Finished, Opened]:
        passed = Happening.SENT if site.bound else Happening.TUNNELLED
        failed = Happening.FAILED if site.bound else Happening.TUNNELLED

        def answered(status: int) -> None:
            self._telling.tell(passed, status=status, variables=variables)
            if status == 401:
                if request.values is not None:
                    self._swap.rejected(variables, request.values)
                self._forget()  # perhaps it was rotated: the vault is asked again for the next request

        while True:
            try:
                opened, waited = await self._outward.to(site)
            except Unreachable as error:
                raise Refused(502, f"{site} is not reached: {error.reason}", failed) from None
            sent = request if opened.proxy is None else _to_proxy(request, site, opened.proxy)
            exchange = Exchange(self._client, opened.stream, incoming, sent, answered)
            try:
                return await exchange.run(), opened
            except NoAnswer as error:
                self._outward.drop()
                if waited and error.silent and _repeatable(incoming):
                    continue
                raise Refused(502, f"{site}: {error.reason}", failed, variables) from None
            except h11.LocalProtocolError:
                # Its text quotes what cannot be sent.
                self._outward.drop()
                text = "a value in the vault cannot stand in a request (a line break?); store it again"
                raise Refused(502, text, failed, variables) from None
            except Odd as odd:
                self._outward.drop()
                raise Refused(odd.status, odd.reason, variables=variables) from None
            except BaseException:
                self._outward.drop()
                if exchange.sent and not exchange.answered:
                    self._telling.tell(passed, variables=variables, reason="it ended before there was an answer")
                raise


def _repeatable(incoming: Incoming) -> bool:
    """Whether it does no harm if the host has already done what is asked."""
    head = incoming.head
    return head.method in _REPEATABLE and head.length is None and not head.chunked


def _to_proxy(request: Outgoing, site: Site, proxy: CorporateProxy) -> Outgoing:
    headers = list(request.headers)
    if proxy.credential:
        headers.append((b"Proxy-Authorization", proxy.credential))
    return Outgoing(b"http://" + str(site).encode("ascii") + request.target, headers, request.values)
