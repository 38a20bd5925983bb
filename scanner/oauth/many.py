"""Many servers at once: together they take as long as the slowest of them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.observed import Observed, Target
from unsprawl.scanner.oauth.walk import walk

if TYPE_CHECKING:
    import ssl

_AT_ONCE = 64
"""Each keeps up to four connections, and some systems give a process 256 files."""


def probe_all(
    targets: Sequence[Target], announce: Callable[[str], None], roots: Callable[[], ssl.SSLContext]
) -> list[Observed]:
    """Probe each target, in their order. `announce` is told each origin before the first connection to it; `roots` is
    asked whose certificates are believed once that matters.
    """
    import asyncio

    hush()

    async def together() -> list[Observed]:
        network, turns = Network(announce, roots), asyncio.Semaphore(_AT_ONCE)

        async def one(target: Target) -> Observed:
            async with turns:
                return await walk(target, network)

        return list(await asyncio.gather(*map(one, targets)))

    return asyncio.run(together()) if targets else []


def hush() -> None:
    """What is to be done before the first request: nothing may be printed of it, and none may be slow for nothing."""
    from importlib.util import find_spec

    if find_spec("sniffio") is None:  # httpcore looks for it anew at each request: a third of all that is computed
        sys.modules["sniffio"] = None  # type: ignore[assignment]
    # At INFO they print addresses, at DEBUG the headers of answers. Those below them may have levels of their own.
    for name in ("httpx", "httpcore", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
