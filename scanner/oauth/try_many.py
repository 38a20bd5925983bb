"""A client at many servers at once; whatever ends the run, what was created is deleted first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from unsprawl.scanner.oauth.active import Learn, Tell, attempt
from unsprawl.scanner.oauth.many import hush
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.observed import Observed

if TYPE_CHECKING:
    import ssl

_AT_ONCE = 64
"""Each keeps up to four connections, and some systems give a process 256 files."""
_ENDING = ("SIGTERM", "SIGHUP")
"""Signals that end a program, beside that of ^C."""


def try_all(
    servers: Sequence[Observed],
    announce: Callable[[str], None],
    roots: Callable[[], ssl.SSLContext],
    learn: Learn,
    tell: Tell,
    port: int,
) -> list[Observed]:
    """Register a client for each server that was looked at, see what that tells, and delete it, in their order.

    `learn` is told every secret that a server issues; `tell` what became of the clients when the run is stopped, which
    then ends with KeyboardInterrupt. `announce` and `roots` are those of `probe_all`.
    """
    import asyncio

    hush()

    async def together() -> list[Observed]:
        network, turns = Network(announce, roots), asyncio.Semaphore(_AT_ONCE)
        _end_by_signal()

        async def one(seen: Observed) -> Observed:
            async with turns:
                return await attempt(seen, network, learn, tell, port)

        return list(await asyncio.gather(*map(one, servers)))

    try:
        return asyncio.run(together()) if servers else []
    except asyncio.CancelledError:  # another signal than ^C, after all was cleaned up
        raise KeyboardInterrupt from None


def _end_by_signal() -> None:
    """Have the signals that end a program do it as ^C does: after the clients are deleted."""
    import asyncio
    import signal

    task = asyncio.current_task()
    assert task is not None
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not on Windows, nor in a thread
                asyncio.get_running_loop().add_signal_handler(number, task.cancel)
