"""Bytes passed on as they are, both ways: tunnels to hosts that are not bound, and what follows an upgrade."""

from __future__ import annotations

import asyncio

from unsprawl.broker.wire.stream import Gone, Stream


async def relay(one: Stream, other: Stream) -> None:
    """Returns when both directions have ended; each end is told when the other has nothing more to say."""
    back = asyncio.ensure_future(_pass_on(other, one))
    try:
        await _pass_on(one, other)
        await back
    finally:
        back.cancel()
        one.close()
        other.close()


async def _pass_on(source: Stream, sink: Stream) -> None:
    try:
        while data := await source.read():
            sink.write(data)
            await sink.drain()
    except Gone:
        source.close()
        return
    if source.lost:
        sink.close()
        return
    sink.end_writing()
    source.on_lost = sink.close
