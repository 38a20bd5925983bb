"""One request to the host and its answer back, both streamed at the pace of the slower side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

import h11

from unsprawl.broker.wire.head import LARGEST, Headers, Odd, ResponseHead, end_of_head, response_head
from unsprawl.broker.wire.hops import end_to_end, without
from unsprawl.broker.wire.incoming import Incoming, body_events
from unsprawl.broker.wire.scrub import Scrubber, scrub, scrub_headers
from unsprawl.broker.wire.stream import Gone, Stream
from unsprawl.broker.wire.values import Values

_MOST_INFORMATIONAL = 20
_NEVER_TRAILERS = (b"content-length", b"transfer-encoding", b"connection", b"set-cookie", b"location")


class NoAnswer(Exception):
    """The host left, or said what can be read in two ways, before anything of its answer was passed on."""

    def __init__(self, reason: str, *, silent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.silent = silent
        """Whether not one byte came: on an idle connection the request was most likely never looked at."""


class CutOff(Exception):
    """An answer that had begun cannot be finished, so the client must not take it for a whole one."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it is sent on."""

    target: bytes
    headers: Headers
    values: Values | None
    """What the answer must not tell; None where no value could come back."""

    def __repr__(self) -> str:
        return "Outgoing(<hidden>)"


@dataclass(frozen=True, slots=True)
class Finished:
    """How the two connections are left."""

    keep_client: bool
    keep_upstream: bool
    switched: bool
    """The host agreed to another protocol: from here on bytes are passed on as they are."""


class Exchange:
    """`answered` is told the status as soon as it is known."""

    def __init__(
        self, client: Stream, upstream: Stream, incoming: Incoming, request: Outgoing, answered: Callable[[int], None]
    ) -> None:
        self._client = client
        self._upstream = upstream
        self._incoming = incoming
        self._inbound = incoming.state
        self._outbound = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST)
        self._request = request
        self._tell = answered
        self._rest = b""
        """What came from the host behind the part that was last read."""
        self._heard = self._begun = False
        self.sent = False
        """Whether anything of the request may have reached the host."""
        self.answered = False
        self._upload_failed: Exception | None = None

    async def run(self) -> Finished:
        """Raises Odd for the request's body, Gone when the client left, NoAnswer, and CutOff.

        Raises h11.LocalProtocolError when the request cannot be written as HTTP, before anything was sent.
        """
        head = self._outbound.send(
            h11.Request(method=self._incoming.head.method, target=self._request.target, headers=self._request.headers)
        )
        if head is None:
            raise NoAnswer("the request cannot be sent", silent=False)
        if self._client.lost:
            raise Gone
        self._client.on_lost = self._upstream.abort
        self.sent = True
        upload: asyncio.Task[None] | None = None
        try:
            if self._incoming.body.done:
                self._inbound.next_event()  # the end of a message without a body
                self._send(head + (self._outbound.send(h11.EndOfMessage()) or b""))
            else:
                self._send(head)
                upload = asyncio.ensure_future(self._send_body())
            try:
                return await self._answer()
            except (Gone, NoAnswer, CutOff):
                if isinstance(self._upload_failed, Odd) and not self._begun:
                    raise self._upload_failed from None
                if self._client.lost or isinstance(self._upload_failed, Gone):
                    raise Gone from None
                raise
        finally:
            self._client.on_lost = None
            if upload is not None:
                upload.cancel()
                await asyncio.wait([upload])

    def _send(self, data: bytes) -> None:
        try:
            self._upstream.write(data)
        except Gone:
            raise NoAnswer("it closed the connection", silent=True) from None

    async def _send_body(self) -> None:
        try:
            async with aclosing(body_events(self._client, self._incoming)) as events:
                async for event in events:
                    data = self._outbound.send(event)
                    try:
                        if data:
                            self._upstream.write(data)
                        await self._upstream.drain()
                    except Gone:
                        return  # perhaps it has answered that it does not want the rest
        except (Odd, Gone) as error:
            self._upload_failed = error
            self._upstream.abort()

    async def _answer(self) -> Finished:
        head = await self._final_head()
        if head.status == 101:
            self._pass_head(head, end_to_end(head), h11.InformationalResponse)
            self._upstream.put_back(self._rest)
            return Finished(keep_client=True, keep_upstream=True, switched=True)
        body_scrubber, values = self._body_scrubber(head), self._request.values
        headers = end_to_end(head)
        if body_scrubber is not None and values is not None and not values.spellings.keep_length:
            headers = without(headers, b"content-length")  # h11 then sends chunks, or ends with the connection
        self._pass_head(head, headers, h11.Response)
        await self._pass_body(body_scrubber)
        # What the host says unasked behind its answer would be taken for the answer to the next request.
        unasked = self._outbound.trailing_data[0]
        return Finished(
            keep_client=_done(self._inbound), keep_upstream=_done(self._outbound) and not unasked, switched=False
        )

    async def _final_head(self) -> ResponseHead:
        try:
            for _ in range(_MOST_INFORMATIONAL):
                head = await self._one_head()
                if head.status >= 200 or head.status == 101:
                    return head
                if self._incoming.head.minor:  # HTTP/1.0 does not know them
                    self._pass_head(head, end_to_end(head), h11.InformationalResponse)
            raise Odd("too many informational answers")
        except (Odd, h11.RemoteProtocolError) as error:
            reason = error.reason if isinstance(error, Odd) else "it is not well formed"
            raise NoAnswer(f"its answer is refused: {reason}", silent=False) from None

    async def _one_head(self) -> ResponseHead:
        data, self._rest = self._rest, b""
        while not (end := end_of_head(data)):
            more = await self._upstream.read()
            if not more:
                raise NoAnswer("it closed the connection without an answer", silent=not self._heard)
            self._heard = True
            data += more
        self._rest = data[end:]
        head = response_head(data[:end])
        self._outbound.receive_data(data[:end])
        event = self._outbound.next_event()
        if not isinstance(event, h11.Response | h11.InformationalResponse):
            raise Odd("it is not well formed")
        return head

    def _pass_head(
        self, head: ResponseHead, headers: Headers, kind: type[h11.Response] | type[h11.InformationalResponse]
    ) -> None:
        reason = head.reason
        if self._request.values is not None:
            headers = scrub_headers(headers, self._request.values)
            reason = scrub(reason, self._request.values)
        if head.status >= 200 or head.status == 101:
            self.answered = True
            self._tell(head.status)
        event = kind(status_code=head.status, headers=headers, reason=reason)
        data = self._inbound.send(event)
        if data:
            self._client.write(data)
        if head.status >= 200 or head.status == 101:
            self._begun = True

    def _body_scrubber(self, head: ResponseHead) -> Scrubber | None:
        if self._request.values is None or self._incoming.head.method == b"HEAD" or head.status in (204, 304):
            return None
        if head.listed(b"content-encoding") - {b"identity"}:
            return None  # would have to be unpacked
        # Event streams too: only what may begin a value is held back, and no event ends with that.
        return Scrubber(self._request.values)

    async def _pass_body(self, scrubber: Scrubber | None) -> None:
        data = self._rest
        try:
            while True:
                if data:
                    self._outbound.receive_data(data)
                while (event := self._outbound.next_event()) is not h11.NEED_DATA:
                    if isinstance(event, h11.Data):
                        self._write(event.data if scrubber is None else scrubber.feed(bytes(event.data)))
                    elif isinstance(event, h11.EndOfMessage):
                        if scrubber is not None:
                            self._write(scrubber.finish())
                        self._end(event)
                        return
                    else:
                        raise CutOff
                await self._client.drain()
                data = await self._upstream.read()
                if not data:
                    self._outbound.receive_data(b"")
        except h11.RemoteProtocolError:
            raise CutOff from None

    def _write(self, data: bytes) -> None:
        if data and (framed := self._inbound.send(h11.Data(data=data))):
            self._client.write(framed)

    def _end(self, event: h11.EndOfMessage) -> None:
        """Trailers come with chunks only, and then the client gets chunks too, unless it does not know them."""
        trailers: Headers = []
        if self._incoming.head.minor:
            trailers = without(event.headers.raw_items(), *_NEVER_TRAILERS)
            if self._request.values is not None:
                trailers = scrub_headers(trailers, self._request.values)
        data = self._inbound.send(h11.EndOfMessage(headers=trailers))
        if data:
            self._client.write(data)


def _done(state: h11.Connection) -> bool:
    """Whether both sides have said all of this message, and neither wants to close."""
    return state.our_state is h11.DONE and state.their_state is h11.DONE
