"""`unsprawl run --wire`: the server is our child and knows placeholders; the proxy in this process knows the values."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence

from unsprawl.broker.approved import Approved, completed
from unsprawl.broker.run import not_started
from unsprawl.broker.wire.hardening import close_to_others
from unsprawl.broker.wire.model import Event, Happening, Passage
from unsprawl.broker.wire.server import Server, end_as
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import Destination, Record
from unsprawl.vault.service import withdraw


def serve(approved: Approved, program: str) -> int:
    """Starts `program` behind the proxy and ends as it ends. Returns an exit code only when it was not started.

    Raises UnsprawlError, with nothing started: no destination in the record, a vault that does not answer, no port.
    """
    record = approved.record
    if not record.wire:
        raise UnsprawlError(
            f"`{record.ref}` names no hosts that its values may be sent to",
            hint="Start it without --wire, or let `unsprawl migrate --to wire` name them.",
        )
    if os.name != "posix":
        raise UnsprawlError("--wire does not work on this system yet", hint="Start it without --wire.")
    close_to_others()
    server = Server.fork()  # before anything secret is known here, and while there is one thread
    try:
        return asyncio.run(_serve(approved, program, server))
    finally:
        server.dismiss()


async def _serve(approved: Approved, program: str, server: Server) -> int:
    from unsprawl.broker.wire.certificates import bundles
    from unsprawl.broker.wire.child import environment
    from unsprawl.broker.wire.extra_ca import extra_ca
    from unsprawl.broker.wire.folder import RunFolder
    from unsprawl.broker.wire.log import AuditLog
    from unsprawl.broker.wire.proxy import WireProxy
    from unsprawl.broker.wire.swap import Swap
    from unsprawl.broker.wire.tell import Teller
    from unsprawl.broker.wire.upstream import Upstream

    record = approved.record
    wire = _one_for_each(record.wire)
    believed = extra_ca(approved.environ, approved.binding.guarded)
    values, passages = _stand_ins(record, wire)
    command, environ = completed(approved, values)
    del values
    log = AuditLog(record.ref)
    teller = Teller(record.ref, log)
    proxy = WireProxy(Swap(passages), teller.tell, Upstream(approved.environ, believed))
    try:
        await proxy.start()
    except OSError as error:
        raise UnsprawlError(f"the proxy could not open a port on 127.0.0.1 ({error.strerror})") from None
    try:
        folder = RunFolder.make()
    except OSError as error:
        raise UnsprawlError(f"the folder of this run could not be made ({error.strerror})") from None
    try:
        environ = environment(environ, bundles(environ, proxy.ca_pem, folder), proxy.url, wire)
        try:
            server.start(program, command, environ, str(folder.path))
        except OSError as error:
            return not_started(program, error)
        teller.tell(Event(Happening.STARTED, variables=tuple(each.variable for each in wire)))
        status = await server.ended()
        teller.tell(Event(Happening.ENDED))
    finally:
        folder.close()
    server.dismiss()
    end_as(status)
    return 0


def _stand_ins(record: Record, wire: Sequence[Destination]) -> tuple[dict[str, str], list[Passage]]:
    """What the server gets for each variable, and what the proxy needs to know of the placeholders among it."""
    from unsprawl.broker.wire.placeholder import placeholder_for

    bound = {each.variable: each for each in wire}
    values: dict[str, str] = {}
    passages: list[Passage] = []
    for name, item in record.variables:
        secret = withdraw(record.store, item)
        if name not in bound:
            values[name] = secret.reveal()
            continue
        values[name] = placeholder_for(secret, [passage.placeholder for passage in passages])
        passages.append(Passage(values[name], bound[name], _reader(record.store, item)))
    return values, passages


def _reader(store: str, item: str) -> Callable[[], Secret]:
    return lambda: withdraw(store, item)


def _one_for_each(wire: Sequence[Destination]) -> list[Destination]:
    """One destination a variable: the server has one placeholder of it."""
    joined: dict[str, Destination] = {}
    for each in wire:
        known = joined.get(each.variable, Destination(each.variable, (), ()))
        hosts = dict.fromkeys((*known.hosts, *each.hosts))
        places = dict.fromkeys((*known.places, *each.places))
        joined[each.variable] = Destination(each.variable, tuple(hosts), tuple(places))
    return list(joined.values())
