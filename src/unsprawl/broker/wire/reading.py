"""Asks the vault without keeping the proxy waiting: in a thread, one question at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from unsprawl.broker.wire.swap import Swap
from unsprawl.broker.wire.values import Values

Place = tuple[str, int]


class Reading:
    """What the vault holds at the moment of the question.

    Connections that begin together share one answer: stores are slow, and not all of them like many questions at once.
    Nobody gets an answer to a question that was asked before he came.
    """

    def __init__(self, swap: Swap) -> None:
        self._swap = swap
        self._asking = asyncio.Lock()
        self._next: dict[Place, asyncio.Task[Values]] = {}
        """Questions that were not asked yet."""
        self._tasks: set[asyncio.Task[Values]] = set()

    async def values(self, host: str, port: int) -> Values:
        """What may go there now. Raises VaultError."""
        place = host, port
        task = self._next.get(place)
        if task is None:
            task = self._next[place] = asyncio.ensure_future(self._read(place))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def close(self) -> None:
        """Waits for nobody: a store may be asking its user something."""
        for task in self._tasks:
            task.cancel()

    async def _read(self, place: Place) -> Values:
        async with self._asking:
            del self._next[place]
            return await _in_thread(lambda: self._swap.values(*place))

    def _done(self, task: asyncio.Task[Values]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited was told; if nobody does any more, nobody needs to be


async def _in_thread(call: Callable[[], Values]) -> Values:
    """Not the loop's executor: a thread of that one keeps the process from ending while a store does not answer."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Values] = loop.create_future()

    def finish(values: Values | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if values is None:
            answer.set_exception(error or RuntimeError("no values"))
        else:
            answer.set_result(values)

    def work() -> None:
        values, error = None, None
        try:
            values = call()
        except Exception as raised:
            error = raised
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(finish, values, error)

    threading.Thread(target=work, name="unsprawl-vault", daemon=True).start()
    return await answer
