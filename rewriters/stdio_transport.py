"""A stdio transport for the MCP SDK that a hostile server cannot fill: its own reads lines of any length."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from unsprawl.rewriters.bounded_process import GRACE_S, end_group, nothing_left
from unsprawl.rewriters.server_limits import MOST_LINE, Heard, TooMuch

if TYPE_CHECKING:
    from anyio import CancelScope
    from anyio.abc import ByteReceiveStream, ByteSendStream, Process
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from mcp.client._transport import TransportStreams
    from mcp.shared.message import SessionMessage

_POLL_S = 0.02


@asynccontextmanager
async def stdio_transport(
    command: Sequence[str], environ: Mapping[str, str], cwd: str, heard: Heard
) -> AsyncIterator[TransportStreams]:
    """Start the server, pass messages, and end it with all that it started. Raises OSError when it does not start."""
    import anyio
    from mcp.shared.message import SessionMessage

    with nothing_left() as started:
        process = await anyio.open_process(
            list(command),
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.append(process.pid)
        into, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        outgoing, out_of = anyio.create_memory_object_stream[SessionMessage](0)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_read, process, into, heard)
                tasks.start_soon(_write, process.stdin, out_of)
                try:
                    yield incoming, outgoing
                finally:
                    tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await _end(process)
            for stream in (into, incoming, outgoing, out_of):
                stream.close()


async def _read(process: Process, into: MemoryObjectSendStream[SessionMessage | Exception], heard: Heard) -> None:
    """Pass on what the server says, until it has ended: a child of its own may hold the pipe open for ever."""
    import anyio

    assert process.stdout is not None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_stop_with, process, tasks.cancel_scope)
        await _pass_on(process.stdout, into, heard)
        tasks.cancel_scope.cancel()


async def _stop_with(process: Process, reading: CancelScope) -> None:
    import anyio

    # Not `process.wait()`: asyncio's waits for the end of the pipes too.
    while process.returncode is None:
        await anyio.sleep(_POLL_S)
    await anyio.sleep(GRACE_S)  # for what is in the pipe
    reading.cancel()


async def _pass_on(
    stdout: ByteReceiveStream, into: MemoryObjectSendStream[SessionMessage | Exception], heard: Heard
) -> None:
    """Whole lines that are JSON-RPC go on; anything else that a server prints is no message, and is dropped."""
    import anyio

    rest = b""
    with suppress(anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError, OSError, TooMuch):
        async with into:
            while True:
                chunk = await stdout.receive()
                lines = (rest + chunk).split(b"\n")
                rest = lines.pop()
                heard.add(len(chunk), messages=len(lines))
                if len(rest) > MOST_LINE:
                    heard.refuse()
                for line in lines:
                    message = _message(line)
                    if message is not None:
                        await into.send(message)


def _message(line: bytes) -> SessionMessage | None:
    from mcp.shared.message import SessionMessage
    from mcp_types import jsonrpc_message_adapter

    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError:
        return None


async def _write(stdin: ByteSendStream, out_of: MemoryObjectReceiveStream[SessionMessage]) -> None:
    import anyio

    with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
        async for each in out_of:
            text = each.message.model_dump_json(by_alias=True, exclude_unset=True)
            await stdin.send(text.encode() + b"\n")


async def _end(process: Process) -> None:
    """Close its input, which is how a client says goodbye; then end the whole group."""
    import anyio

    with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
        if process.stdin is not None:
            await process.stdin.aclose()
    until = anyio.current_time() + GRACE_S
    while process.returncode is None and anyio.current_time() < until:
        await anyio.sleep(_POLL_S)
    await anyio.to_thread.run_sync(end_group, process.pid)
    with anyio.move_on_after(GRACE_S):
        while process.returncode is None:
            await anyio.sleep(_POLL_S)
    with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
        if process.stdout is not None:
            await process.stdout.aclose()
    # A child that holds the pipe keeps asyncio's own transport open, which warns when it is collected.
    close = getattr(getattr(getattr(process, "_process", None), "_transport", None), "close", None)
    if callable(close):
        with suppress(PermissionError):
            close()
