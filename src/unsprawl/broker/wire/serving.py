"""The proxy while the server runs: from here on everything is asyncio."""

from __future__ import annotations

import asyncio
from pathlib import Path

from unsprawl.broker.approved import Approved
from unsprawl.broker.wire.authority import Authority
from unsprawl.broker.wire.door import Door
from unsprawl.broker.wire.model import Event, Happening
from unsprawl.broker.wire.proxy import WireProxy
from unsprawl.broker.wire.server import Server
from unsprawl.broker.wire.swap import Swap
from unsprawl.broker.wire.tell import Teller
from unsprawl.broker.wire.upstream import Upstream


def serving(
    approved: Approved,
    server: Server,
    swap: Swap,
    authority: Authority,
    door: Door,
    believed: Path | None,
    teller: Teller,
) -> int:
    """Serves until the server has ended, and answers its status. `believed`: certificates beside the system's."""
    record = approved.record

    async def served() -> int:
        proxy = WireProxy(swap, teller.tell, Upstream(approved.environ, believed), authority, door)
        await proxy.start()
        teller.tell(Event(Happening.STARTED, variables=tuple(each.variable for each in record.wire)))
        status = await server.ended()
        teller.tell(Event(Happening.ENDED))
        return status

    # Neither the proxy nor the loop is closed: that would wait for a vault or a vendor, and this process ends now.
    return asyncio.new_event_loop().run_until_complete(served())
