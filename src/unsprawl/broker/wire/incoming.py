"""Requests as they come from the client, one after the other, each with its body still unread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import h11

from unsprawl.broker.wire.framing import Body, body_of
from unsprawl.broker.wire.head import LARGEST, Odd, RequestHead, end_of_head, request_head
from unsprawl.broker.wire.stream import Gone, Stream

_HEAD_WITHIN_S = 30.0
_IDLE_S = 15 * 60.0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request."""

    head: RequestHead
    body: Body
    state: h11.Connection
    """In the server's role; it has read the head."""

    def __repr__(self) -> str:
        return "Incoming(<hidden>)"


async def next_request(client: Stream, *, soon: bool) -> Incoming | None:
    """The next request; None when the client has ended, or has said nothing for too long. Raises Odd.

    `soon`: it is not waited for long.
    """
    try:
        async with asyncio.timeout(_HEAD_WITHIN_S if soon else _IDLE_S):
            data = await client.read()
        if not data:
            return None
        async with asyncio.timeout(_HEAD_WITHIN_S):
            while not (end := end_of_head(data)):
                more = await client.read()
                if not more:
                    return None
                data += more
    except TimeoutError:
        return None
    if len(data) > end:
        client.put_back(data[end:])
    head = request_head(data[:end])
    return Incoming(head, body_of(head), _read_by_h11(data[:end], head))


def _read_by_h11(data: bytes, head: RequestHead) -> h11.Connection:
    """Two readers that are written by different people have to agree."""
    state = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST)
    if head.method == b"CONNECT":
        return state  # it is never passed on, and h11 wants a Host that Python's own client does not send
    try:
        state.receive_data(data)
        event = state.next_event()
    except h11.RemoteProtocolError as error:
        raise Odd("the head is not well formed", error.error_status_hint) from None
    # h11 gives values without the spaces around them, and lengths and codings in one spelling.
    if (
        not isinstance(event, h11.Request)
        or (event.method, event.target) != (head.method, head.target)
        or [name for name, _ in event.headers.raw_items()] != [name for name, _ in head.headers]
    ):
        raise Odd("the head is not well formed")
    return state


async def body_events(client: Stream, incoming: Incoming) -> AsyncGenerator[h11.Data | h11.EndOfMessage, None]:
    """The body as it comes, to its end. Raises Odd, and Gone when the client leaves before."""
    try:
        while True:
            event = incoming.state.next_event()
            if event is h11.NEED_DATA and not incoming.body.done:
                data = await client.read()
                if not data:
                    raise Gone
                taken = incoming.body.take(data)
                client.put_back(data[taken:])
                incoming.state.receive_data(data[:taken])
            elif isinstance(event, h11.Data | h11.EndOfMessage):
                if isinstance(event, h11.EndOfMessage) and not incoming.body.done:
                    raise Odd("the end of the body can be read in two ways")
                yield event
                if isinstance(event, h11.EndOfMessage):
                    return
            else:
                raise Odd("the body is not well formed")
    except h11.RemoteProtocolError:
        raise Odd("the body is not well formed") from None
