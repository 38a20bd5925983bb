"""A TCP connection to a name: addresses that a value must never go to are left out, the first that answers wins."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from unsprawl.broker.wire.routes import is_loopback, plain_address
from unsprawl.broker.wire.stream import Stream

_NEXT_AFTER_S = 0.25  # RFC 8305
_ALL_WITHIN_S = 20.0

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name, best first. Raises OSError."""


class Unreachable(Exception):
    """There is no connection. The reason is a text of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def resolve(host: str, port: int) -> Sequence[str]:
    """As the system does it, for which it needs a thread; an address stands for itself."""
    with suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def fitting(host: str, addresses: Sequence[str]) -> list[str]:
    """Those to which a value bound to `host` may be sent.

    A public name that suddenly stands for this machine or for its link (where clouds keep their own credentials) is
    what DNS rebinding looks like. TLS would refuse such a server too; this does not rely on it. Private networks stay:
    a company's own service is there. A name of this machine must stand for this machine.
    """
    here = is_loopback(host)
    kept = []
    for text in addresses:
        address = plain_address(ipaddress.ip_address(text.partition("%")[0]))
        if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_loopback != here:
            continue
        kept.append(text)
    return kept


async def connect(host: str, port: int, resolving: Resolve, *, guarded: bool) -> Stream:
    """Raises Unreachable. `guarded`: only `fitting` addresses."""
    try:
        async with asyncio.timeout(_ALL_WITHIN_S):
            try:
                addresses = list(await resolving(host, port))
            except (OSError, UnicodeError):
                raise Unreachable("its name cannot be resolved") from None
            if guarded:
                addresses, found = fitting(host, addresses), len(addresses)
                if found and not addresses:
                    raise Unreachable("its name stands for this machine or its link here, where no value is sent")
            return await _first(_alternating(addresses), port)
    except TimeoutError:
        raise Unreachable("it does not answer") from None


def _alternating(addresses: Sequence[str]) -> list[str]:
    """The kinds of addresses in turn, beginning with the kind of the first (RFC 8305, section 4)."""
    if not addresses:
        return []
    six = [address for address in addresses if ":" in address]
    four = [address for address in addresses if ":" not in address]
    first, second = (six, four) if ":" in addresses[0] else (four, six)
    turns = list(zip(first, second, strict=False))
    short = len(turns)
    return [one for pair in turns for one in pair] + first[short:] + second[short:]


async def _first(addresses: Sequence[str], port: int) -> Stream:
    """The first of them that answers; each next one is tried a little later, or when the one before has failed."""
    running: set[asyncio.Task[Stream]] = set()
    waiting = list(addresses)
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.ensure_future(_one(waiting.pop(0), port)))
            done, running = await asyncio.wait(
                running, timeout=_NEXT_AFTER_S if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            won = [task.result() for task in done if not task.exception()]
            for stream in won[1:]:
                stream.abort()
            if won:
                return won[0]
        raise Unreachable("it cannot be reached")
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(_drop)


async def _one(address: str, port: int) -> Stream:
    _, stream = await asyncio.get_running_loop().create_connection(Stream, address, port)
    stream.keep_alive()
    return stream


def _drop(task: asyncio.Task[Stream]) -> None:
    """A connection that came too late."""
    if not task.cancelled():
        with suppress(Exception):
            task.result().abort()
