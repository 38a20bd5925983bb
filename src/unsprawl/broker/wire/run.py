"""`unsprawl run --wire`: the server is our child and knows placeholders; the proxy in this process knows the values.

The server is started as soon as the proxy has a port and an authority: what serves is loaded while the server itself is
starting, and its first connections wait that long.
"""

from __future__ import annotations

import os

from unsprawl.broker.approved import Approved, completed
from unsprawl.broker.run import not_started
from unsprawl.broker.values import await_kept, value_of
from unsprawl.broker.wire.authority import Authority
from unsprawl.broker.wire.certificates import bundles
from unsprawl.broker.wire.child import environment
from unsprawl.broker.wire.door import Door
from unsprawl.broker.wire.extra_ca import extra_ca
from unsprawl.broker.wire.folder import RunFolder
from unsprawl.broker.wire.hardening import close_to_others
from unsprawl.broker.wire.log import AuditLog
from unsprawl.broker.wire.model import Audit, Passage
from unsprawl.broker.wire.server import Server, end_as
from unsprawl.broker.wire.swap import Swap
from unsprawl.broker.wire.tell import Teller
from unsprawl.scanner.errors import UnsprawlError


def serve(approved: Approved, program: str) -> int:
    """Starts `program` behind the proxy and ends as it ends. Returns an exit code only when it was not started.

    Raises UnsprawlError, with nothing started: no destination in the record, a vault that does not answer, no port.
    """
    record = approved.record
    if os.name != "posix":
        raise UnsprawlError("--wire does not work on this system yet", hint="Start it without --wire.")
    if not record.wire:
        raise UnsprawlError(
            f"`{record.ref}` names no hosts that its values may be sent to",
            hint="Start it without --wire, or let `unsprawl migrate --to wire` name them.",
        )
    believed = extra_ca(approved.environ, approved.binding.guarded)
    close_to_others()
    server = Server.fork()  # before anything secret is known here, and while there is one thread
    try:
        teller = Teller(record.ref, AuditLog(record.ref))
        values, passages = _stand_ins(approved, teller.tell)
        command, environ = completed(approved, values)
        del values
        swap, door = Swap(passages), _door()
        authority = Authority(swap.hosts)
        folder = _folder()
        try:
            environ = environment(environ, bundles(environ, authority.pem, folder), door.url, record.wire)
            try:
                server.start(program, command, environ, str(folder.path))
            except OSError as error:
                return not_started(program, error)
            from unsprawl.broker.wire.serving import serving

            status = serving(approved, server, swap, authority, door, believed, teller)
        finally:
            folder.close()
    finally:
        server.dismiss()
        await_kept()
    return end_as(status)


def _stand_ins(approved: Approved, audit: Audit) -> tuple[dict[str, str], list[Passage]]:
    """What the server gets for each variable, and what the proxy needs to know of the placeholders among it."""
    from unsprawl.broker.wire.placeholder import placeholder_for

    record = approved.record
    bound = {each.variable: each for each in record.wire}
    values: dict[str, str] = {}
    passages: list[Passage] = []
    for name, _ in record.variables:
        value = value_of(record, name, approved.environ, approved.binding.guarded, audit)
        secret = value.read()
        if name not in bound:
            values[name] = secret.reveal()
            continue
        values[name] = placeholder_for(secret, [passage.placeholder for passage in passages])
        passages.append(Passage(values[name], bound[name], value.read, value.rejected, value.fresh))
    return values, passages


def _door() -> Door:
    try:
        return Door()
    except OSError as error:
        raise UnsprawlError(f"the proxy could not open a port on 127.0.0.1 ({error.strerror})") from None


def _folder() -> RunFolder:
    try:
        return RunFolder.make()
    except OSError as error:
        raise UnsprawlError(f"the folder of this run could not be made ({error.strerror})") from None
