"""One client's connection: whether it may ask at all, and which way its bytes go."""

from __future__ import annotations

import base64
import binascii
import hmac
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from unsprawl.broker.wire.answers import ESTABLISHED, NO_CREDENTIAL, answer, say_and_close
from unsprawl.broker.wire.authority import Authority as CertificateAuthority
from unsprawl.broker.wire.exchange import CutOff
from unsprawl.broker.wire.head import Authority, Odd, RequestHead
from unsprawl.broker.wire.incoming import Incoming, next_request
from unsprawl.broker.wire.model import Audit, Happening
from unsprawl.broker.wire.passing import Passing
from unsprawl.broker.wire.reading import Reading
from unsprawl.broker.wire.sites import Site, target_of_connect
from unsprawl.broker.wire.stream import Gone, Stream
from unsprawl.broker.wire.swap import Swap
from unsprawl.broker.wire.telling import Refused, Telling
from unsprawl.broker.wire.tunnel import relay
from unsprawl.broker.wire.upstream import Unreachable, Upstream


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
    refused: Callable[[int, str], None]
    """Told (status, reason) of a client that has not shown the credential."""

    def __repr__(self) -> str:
        return "Surroundings(<hidden>)"


class Connection:
    """Serves one client until either side has enough. `known` is called when it has shown the credential."""

    def __init__(self, client: Stream, around: Surroundings, known: Callable[[], None]) -> None:
        self._client = client
        self._around = around
        self._known = known
        self._telling = Telling(around.audit)
        self._passing = Passing(client, around.swap, around.reading, around.upstream, self._telling)

    async def serve(self) -> None:
        """Never raises but CancelledError: what goes wrong is told to the client and the log."""
        try:
            await self._serve_plain()
        except Gone:
            pass
        except Exception as error:
            # Only the type: its text may hold anything that was sent.
            self._telling.tell(Happening.FAILED, reason=f"a bug in unsprawl ({type(error).__name__})")
            self._client.abort()
        finally:
            self._client.close()
            self._passing.close()

    async def _serve_plain(self) -> None:
        """Requests to the proxy itself, until one of them begins a tunnel."""
        stranger = True
        while (incoming := await self._next(stranger=stranger)) is not None:
            if not self._has_credential(incoming.head):
                given = incoming.head.all(b"proxy-authorization")
                self._around.refused(407, f"a client with{' another' if given else 'out the'} credential of this run")
                await say_and_close(self._client, NO_CREDENTIAL)
                return
            self._known()
            stranger = False
            if incoming.head.method == b"CONNECT":
                await self._connect(incoming.head)
                return
            if not await self._request(incoming, None):
                return

    async def _connect(self, head: RequestHead) -> None:
        try:
            target = target_of_connect(head)
            stopped = self._around.swap.stops_connect(target.host)
            if stopped is not None:  # the name is not told: the log has no placeholders
                raise Refused(403, stopped.reason, variables=stopped.variables)
            self._telling.host = str(target)
            if self._around.swap.intercepts(target.host, target.port):
                await self._intercept(Site(target, secure=True, bound=True))
            else:
                await self._tunnel(target)
        except Odd as odd:
            await self._refuse(head, Refused(odd.status, odd.reason))
        except Refused as refused:
            await self._refuse(head, refused)

    async def _tunnel(self, target: Authority) -> None:
        try:
            far = await self._around.upstream.open_tunnel(target.host, target.port)
        except Unreachable as error:
            raise Refused(502, f"{target} is not reached: {error.reason}", Happening.TUNNELLED) from None
        try:
            self._client.write(ESTABLISHED)
            self._telling.tell(Happening.TUNNELLED, status=200)
            await relay(self._client, far)
        finally:
            far.close()

    async def _intercept(self, site: Site) -> None:
        if self._client.unread:
            # In the clear and before our answer; it cannot be told whether it belongs into the tunnel.
            raise Refused(400, "something was sent before the tunnel was there")
        context = self._around.certificates.server_context(site.authority.host)
        self._passing.begin(site)
        self._client.write(ESTABLISHED)
        try:
            await self._client.start_tls(context, server_side=True)
        except (OSError, Gone) as error:
            if not (isinstance(error, ssl.SSLError) and error.reason == "CALLBACK_FAILED"):  # that is told already
                reason = "the client did not begin TLS with us; it may not trust the authority of this run"
                self._telling.tell(Happening.FAILED, reason=reason)
            return
        while (incoming := await self._next()) is not None and await self._request(incoming, site):
            pass

    async def _next(self, *, stranger: bool = False) -> Incoming | None:
        """`stranger`: who has not shown the credential is not waited for, and cannot fill the log."""
        self._telling.method = ""
        try:
            return await next_request(self._client, soon=stranger)
        except Odd as odd:
            if stranger:
                self._around.refused(odd.status, odd.reason)
                await say_and_close(self._client, answer(odd.status, odd.reason))
            else:
                await self._refuse(None, Refused(odd.status, odd.reason))
            return None

    async def _request(self, incoming: Incoming, tunnel: Site | None) -> bool:
        """Whether another request may follow."""
        try:
            return await self._passing.pass_on(incoming, tunnel)
        except Odd as odd:
            await self._refuse(incoming.head, Refused(odd.status, odd.reason))
        except Refused as refused:
            await self._refuse(incoming.head, refused)
        except CutOff:
            self._telling.tell(Happening.FAILED, reason="the answer was cut off")
            self._client.abort()
        return False

    async def _refuse(self, head: RequestHead | None, refused: Refused) -> None:
        self._telling.tell_refused(refused)
        body = head is None or head.method != b"HEAD"
        await say_and_close(self._client, answer(refused.status, refused.text, body=body))

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
