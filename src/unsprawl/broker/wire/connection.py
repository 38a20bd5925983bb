"""One client's connection: who it is, where it wants to go, and what of that is done."""

from __future__ import annotations

import base64
import binascii
import hmac
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import h11

from unsprawl.broker.wire.answers import ESTABLISHED, NO_CREDENTIAL, answer, say_and_close
from unsprawl.broker.wire.authority import Authority as CertificateAuthority
from unsprawl.broker.wire.exchange import CutOff, Exchange, Finished, NoAnswer, Outgoing
from unsprawl.broker.wire.head import Authority, Odd, RequestHead, parse_authority, split_absolute
from unsprawl.broker.wire.hops import end_to_end
from unsprawl.broker.wire.incoming import Incoming, next_request
from unsprawl.broker.wire.model import Audit, Event, Happening
from unsprawl.broker.wire.reading import Reading
from unsprawl.broker.wire.routes import CorporateProxy
from unsprawl.broker.wire.stream import Gone, Stream
from unsprawl.broker.wire.swap import Stopped, Swap
from unsprawl.broker.wire.tunnel import relay
from unsprawl.broker.wire.upstream import Unreachable, Upstream
from unsprawl.broker.wire.values import Values
from unsprawl.scanner.errors import VaultError

_SECURE, _PLAIN = 443, 80
_REPEATABLE = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE"})
_ECHOES = frozenset({b"TRACE", b"TRACK", b"DEBUG"})


class Refused(Exception):
    """A request that is not passed on: what the client gets, and what the log tells."""

    def __init__(
        self, status: int, text: str, what: Happening = Happening.STOPPED, variables: tuple[str, ...] = ()
    ) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.what = what
        self.variables = variables


@dataclass(frozen=True, slots=True)
class Site:
    """Where requests go."""

    authority: Authority
    secure: bool
    bound: bool
    """Whether values are put in."""

    def __str__(self) -> str:
        return str(self.authority)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all connections of a proxy share."""

    swap: Swap
    reading: Reading
    audit: Audit
    upstream: Upstream
    certificates: CertificateAuthority
    credential: bytes
    """`user:password`, as Basic has it."""
    refused: Callable[[str], None]
    """Told of a client that does not know the credential."""

    def __repr__(self) -> str:
        return "Surroundings(<hidden>)"


class Connection:
    """Serves one client until either side has enough. `known` is called when it has shown the credential."""

    def __init__(self, client: Stream, around: Surroundings, known: Callable[[], None]) -> None:
        self._client = client
        self._around = around
        self._known = known
        self._upstream: Stream | None = None
        self._site: Site | None = None
        """Of the connection to upstream that is kept."""
        self._by_proxy: CorporateProxy | None = None
        self._values: tuple[Authority, Values] | None = None
        self._asked = ""
        """Where the request that is looked at wants to go, for the log."""
        self._method = ""

    async def serve(self) -> None:
        """Never raises but CancelledError: what goes wrong is told to the client and the log."""
        try:
            await self._serve_plain()
        except Gone:
            pass
        except Exception as error:
            # Only the type: its text may hold anything that was sent.
            self._tell(Happening.FAILED, reason=f"a bug in unsprawl ({type(error).__name__})")
            self._client.abort()
        finally:
            self._client.close()
            self._drop_upstream()

    async def _serve_plain(self) -> None:
        """Requests to the proxy itself, until one of them begins a tunnel."""
        first = True
        while (incoming := await self._next(first=first)) is not None:
            if not self._has_credential(incoming.head):
                self._around.refused("wrong" if incoming.head.all(b"proxy-authorization") else "none")
                await say_and_close(self._client, NO_CREDENTIAL)
                return
            self._known()
            first = False
            if incoming.head.method == b"CONNECT":
                await self._connect(incoming)
                return
            if not await self._request(incoming, None):
                return

    async def _connect(self, incoming: Incoming) -> None:
        try:
            target = _target_of_connect(incoming)
        except Odd as odd:
            await self._refuse(incoming.head, Refused(odd.status, odd.reason))
            return
        stopped = self._around.swap.stops_connect(target.host)
        if stopped is not None:  # the name is not told: the log has no placeholders
            await self._refuse(incoming.head, Refused(403, stopped.reason, variables=stopped.variables))
            return
        self._asked = str(target)
        if self._around.swap.intercepts(target.host, target.port):
            await self._intercept(incoming, Site(target, secure=True, bound=True))
        else:
            await self._tunnel(incoming, target)

    async def _tunnel(self, incoming: Incoming, target: Authority) -> None:
        try:
            far = await self._around.upstream.open_tunnel(target.host, target.port)
        except Unreachable as error:
            text = f"{target} is not bound, and there is no connection to it: {error.reason}"
            await self._refuse(incoming.head, Refused(502, text, Happening.TUNNELLED))
            return
        try:
            self._client.write(ESTABLISHED)
            self._tell(Happening.TUNNELLED, status=200)
            await relay(self._client, far)
        finally:
            far.close()

    async def _intercept(self, incoming: Incoming, site: Site) -> None:
        if self._client.unread:
            # In the clear and before our answer; it cannot be told whether it belongs into the tunnel.
            await self._refuse(incoming.head, Refused(400, "something was sent before the tunnel was there"))
            return
        context = self._around.certificates.server_context(site.authority.host)
        self._client.write(ESTABLISHED)
        try:
            await self._client.start_tls(context, server_side=True)
        except (ssl.SSLError, OSError, Gone, TimeoutError) as error:
            if not (isinstance(error, ssl.SSLError) and error.reason == "CALLBACK_FAILED"):  # that is told already
                reason = "the client did not begin TLS with us; it may not trust the authority of this run"
                self._tell(Happening.FAILED, reason=reason)
            return
        first = True
        while (incoming_inside := await self._next(first=first)) is not None:
            first = False
            if not await self._request(incoming_inside, site):
                return

    async def _next(self, *, first: bool) -> Incoming | None:
        self._method = ""
        try:
            return await next_request(self._client, first=first)
        except Odd as odd:
            await self._refuse(None, Refused(odd.status, odd.reason))
            return None

    async def _request(self, incoming: Incoming, inside: Site | None) -> bool:
        """Serves one request; `inside` is the site of the tunnel it came through. Returns whether one may follow."""
        head = incoming.head
        self._method = head.method.decode("ascii")
        try:
            if inside is None:
                site, target = self._site_of(head)
                self._asked = str(site)
            else:
                site, target = inside, _target_inside(head, inside.authority)
            request, variables = await self._prepared(head, site, target)
            finished = await self._exchange(incoming, site, request, variables)
        except Refused as refused:
            await self._refuse(head, refused)
            return False
        except Odd as odd:
            await self._refuse(head, Refused(odd.status, odd.reason))
            return False
        except CutOff:
            self._tell(Happening.FAILED, reason="the answer was cut off")
            self._client.abort()
            return False
        if finished.switched and self._upstream is not None:
            await relay(self._client, self._upstream)
            return False
        if not finished.keep_upstream:
            self._drop_upstream()
        if not finished.keep_client and not incoming.body.done:
            await say_and_close(self._client, b"")  # it was answered before it had sent all
        return finished.keep_client

    def _site_of(self, head: RequestHead) -> tuple[Site, bytes]:
        """Of a request in the clear, which names the whole address (RFC 9112, 3.2.2). Raises Odd and Refused."""
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
        stopped = self._around.swap.stops_connect(authority.host)
        if stopped is not None:
            raise Refused(403, stopped.reason, variables=stopped.variables)
        bound = secure and self._around.swap.intercepts(authority.host, authority.port)
        return Site(authority, secure, bound), target

    async def _prepared(self, head: RequestHead, site: Site, target: bytes) -> tuple[Outgoing, tuple[str, ...]]:
        """The request as it is sent on, with the values that belong to its site. Raises Refused and Odd."""
        if head.method in _ECHOES:
            raise Refused(405, f"{self._method} would echo what is sent, so it is not passed on")
        headers = end_to_end(head)
        if not head.all(b"host"):
            headers.insert(0, (b"Host", str(site.authority).encode("ascii")))
        swap, authority = self._around.swap, site.authority
        if not site.secure:
            stopped = swap.stops_plain(authority.host, target, headers)
            if stopped is not None:
                raise Refused(403, stopped.reason, variables=stopped.variables)
            return Outgoing(target, headers, None), ()
        values = await self._read_values(authority) if site.bound else None
        swapped = swap.request(authority.host, authority.port, target, headers, values or Values({}))
        if isinstance(swapped, Stopped):
            raise Refused(403, swapped.reason, variables=swapped.variables)
        return Outgoing(swapped.target, list(swapped.headers), values), swapped.variables

    async def _read_values(self, authority: Authority) -> Values:
        if self._values is None or self._values[0] != authority:
            try:
                self._values = authority, await self._around.reading.values(authority.host, authority.port)
            except VaultError as error:
                text = f"{error.message}. {error.hint}".rstrip()
                raise Refused(502, text, Happening.FAILED) from None
        return self._values[1]

    async def _exchange(
        self, incoming: Incoming, site: Site, request: Outgoing, variables: tuple[str, ...]
    ) -> Finished:
        def answered(status: int) -> None:
            self._tell(Happening.SENT if site.bound else Happening.TUNNELLED, status=status, variables=variables)
            if status == 401:
                self._values = None  # perhaps it was rotated: the vault is asked again for the next request

        while True:
            upstream, reused = await self._connected(site)
            sent = request if self._by_proxy is None else _to_proxy(request, site, self._by_proxy)
            try:
                return await Exchange(self._client, upstream, incoming, sent, answered).run()
            except NoAnswer as error:
                self._drop_upstream()
                again = reused and error.silent and incoming.body.done and incoming.head.method in _REPEATABLE
                if again and incoming.head.length is None and not incoming.head.chunked:
                    continue
                raise Refused(502, f"{site}: {error.reason}", _failed(site), variables) from None
            except h11.LocalProtocolError:
                # Its text quotes what cannot be sent.
                text = "a value in the vault cannot stand in a request (a line break?); store it again"
                raise Refused(502, text, Happening.FAILED, variables) from None
            except BaseException:
                self._drop_upstream()
                raise

    async def _connected(self, site: Site) -> tuple[Stream, bool]:
        """A connection to that site, and whether it served requests before. Raises Refused."""
        if self._upstream is not None and self._site == site and self._upstream.fresh:
            return self._upstream, True
        self._drop_upstream()
        host, port = site.authority.host, site.authority.port
        try:
            if site.secure:
                self._upstream = await self._around.upstream.open(host, port, guarded=site.bound)
                self._by_proxy = None
            else:
                opened = await self._around.upstream.open_plain(host, port)
                self._upstream, self._by_proxy = opened.stream, opened.proxy
        except Unreachable as error:
            raise Refused(502, f"{site} is not reached: {error.reason}", _failed(site)) from None
        self._site = site
        return self._upstream, False

    def _drop_upstream(self) -> None:
        if self._upstream is not None:
            self._upstream.abort()
        self._upstream = self._site = self._by_proxy = None

    def _has_credential(self, head: RequestHead) -> bool:
        given = head.all(b"proxy-authorization")
        if len(given) != 1:
            return False
        scheme, _, text = given[0].partition(b" ")
        if scheme.lower() != b"basic":
            return False
        try:
            pair = base64.b64decode(text.strip(), validate=True)
        except binascii.Error:
            return False
        return hmac.compare_digest(pair, self._around.credential)

    async def _refuse(self, head: RequestHead | None, refused: Refused) -> None:
        self._tell(refused.what, status=refused.status, variables=refused.variables, reason=refused.text)
        body = head is None or head.method != b"HEAD"
        await say_and_close(self._client, answer(refused.status, refused.text, body=body))

    def _tell(self, what: Happening, *, status: int = 0, variables: tuple[str, ...] = (), reason: str = "") -> None:
        with suppress(Exception):  # a full disk must not end a server's connection
            self._around.audit(Event(what, self._asked, self._method, status, variables, reason))


def _target_of_connect(incoming: Incoming) -> Authority:
    """Raises Odd."""
    head = incoming.head
    target = parse_authority(head.target, None)
    if head.length is not None or head.chunked:
        raise Odd("CONNECT has no body")
    _check_host(head, target, target.port)
    return target


def _target_inside(head: RequestHead, authority: Authority) -> bytes:
    """The target of a request inside a tunnel, in origin-form. Raises Odd unless all names agree with the tunnel's."""
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


def _check_host(head: RequestHead, authority: Authority, port: int) -> None:
    """Raises Odd when the Host header names another place."""
    for value in head.all(b"host"):
        if parse_authority(value, port) != authority:
            raise Odd("the Host header names another host than the address", 421)


def _failed(site: Site) -> Happening:
    return Happening.FAILED if site.bound else Happening.TUNNELLED


def _to_proxy(request: Outgoing, site: Site, proxy: CorporateProxy) -> Outgoing:
    headers = list(request.headers)
    if proxy.credential:
        headers.append((b"Proxy-Authorization", proxy.credential))
    return Outgoing(b"http://" + str(site).encode("ascii") + request.target, headers, request.values)
