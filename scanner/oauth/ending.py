"""How a run that creates something at servers ends when it is stopped: what it created is taken back first."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
_ENDING = ("SIGTERM", "SIGHUP")
"""Signals that end a program, beside that of ^C."""


async def to_its_end(doing: Coroutine[Any, Any, T]) -> T:
    """What it gives. The first ^C meanwhile is raised only when it is done; a second one ends it as well."""
    import asyncio

    task = asyncio.ensure_future(doing)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def end_by_signal() -> None:
    """Have the signals that end a program do it as ^C does: by ending the task that calls this."""
    import asyncio
    import signal

    task = asyncio.current_task()
    assert task is not None
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not on Windows, nor in a thread
                asyncio.get_running_loop().add_signal_handler(number, task.cancel)
