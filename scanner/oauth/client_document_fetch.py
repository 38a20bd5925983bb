"""Fetches client ID metadata documents as servers do: no redirect is followed, and size and time are bounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from unsprawl.scanner.oauth.addresses import Place, Reach, place_of
from unsprawl.scanner.oauth.answer import PROBE_S, Answer, Fault
from unsprawl.scanner.oauth.many import hush
from unsprawl.scanner.oauth.metadata import JSON_TYPE
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.visit import Visit

if TYPE_CHECKING:
    import ssl


def fetched(
    urls: Sequence[str], announce: Callable[[str], None], roots: Callable[[], ssl.SSLContext]
) -> list[tuple[Answer, Reach | None]]:
    """What each address answered, in their order, and from where it can be reached; the user has typed them all.

    `announce` is told each origin before the first connection to it; `roots` is asked whose certificates are believed.
    """
    import asyncio

    hush()

    async def together() -> list[tuple[Answer, Reach | None]]:
        network = Network(announce, roots)
        return list(await asyncio.gather(*(_fetched(url, network) for url in urls)))

    return asyncio.run(together()) if urls else []


async def _fetched(url: str, network: Network) -> tuple[Answer, Reach | None]:
    import asyncio

    visit = Visit(network, url, trusted=True)
    reach: Reach | None = None
    try:
        async with asyncio.timeout(PROBE_S):
            answer = await visit.send("GET", url, {"Accept": JSON_TYPE})
            place = place_of(url)
            if isinstance(place, Place):
                route = await network.route(place)
                # Behind a proxy, and for a name that nobody knows, only the name was judged.
                reach = route.reach if route.addresses else None
    except TimeoutError:
        answer = Answer(url, fault=Fault.SLOW)
    finally:
        await visit.close()
    return answer, reach
