"""Many servers at once: together they take as long as the slowest of them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from unsprawl.scanner.oauth.active import Learn, Tell, attempt
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.observed import Observed, Target
from unsprawl.scanner.oauth.walk import walk

if TYPE_CHECKING:
    import ssl


def probe_all(
    targets: Sequence[Target], announce: Callable[[str], None], roots: Callable[[], ssl.SSLContext]
) -> list[Observed]:
    """Probe each target, in their order. `announce` is told each origin before the first connection to it; `roots` is
    asked whose certificates are believed once that matters.
    """
    network_of = _prepared(announce, roots)

    async def together() -> list[Observed]:
        import asyncio

        network = network_of()
        return list(await asyncio.gather(*(walk(target, network) for target in targets)))

    return _run(together) if targets else []


def try_all(
    servers: Sequence[Observed],
    announce: Callable[[str], None],
    roots: Callable[[], ssl.SSLContext],
    learn: Learn,
    tell: Tell,
    port: int,
) -> list[Observed]:
    """Register a client for each server that was looked at, see what that tells, and delete it, in their order. `learn`
    is told every secret that a server issues; `tell` what became of the clients when the run is interrupted, which a
    KeyboardInterrupt then ends.
    """
    network_of = _prepared(announce, roots)

    async def together() -> list[Observed]:
        import asyncio

        network = network_of()
        _end_by_signal()
        return list(await asyncio.gather(*(attempt(seen, network, learn, tell, port) for seen in servers)))

    return _run(together) if servers else []


def _prepared(announce: Callable[[str], None], roots: Callable[[], ssl.SSLContext]) -> Callable[[], Network]:
    from importlib.util import find_spec

    if find_spec("sniffio") is None:  # httpcore looks for it anew at each request: a third of all that is computed
        sys.modules["sniffio"] = None  # type: ignore[assignment]
    for name in ("httpx", "httpcore"):  # at INFO they print addresses
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return lambda: Network(announce, roots)


def _run(together: Callable[[], Coroutine[Any, Any, list[Observed]]]) -> list[Observed]:
    import asyncio

    try:
        return asyncio.run(together())
    except asyncio.CancelledError:  # another signal than ^C, after all was cleaned up
        raise KeyboardInterrupt from None


def _end_by_signal() -> None:
    """Have the signals that end a program do it as ^C does: after the clients are deleted."""
    import asyncio
    import signal

    task = asyncio.current_task()
    assert task is not None
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not on Windows, nor in a thread
                asyncio.get_running_loop().add_signal_handler(number, task.cancel)
