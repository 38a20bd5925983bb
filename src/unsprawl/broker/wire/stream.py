"""One end of a connection: bytes as they come, with back-pressure both ways, and TLS from any moment on.

asyncio's own StreamReader keeps the old transport after `start_tls` until Python 3.12, and then never pauses it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import cast

_MOST_UNREAD = 256 * 1024
_MOST_UNWRITTEN = 256 * 1024
HANDSHAKE_TIMEOUT_S = 20.0
_SHUTDOWN_TIMEOUT_S = 2.0


class Gone(Exception):
    """The other side is not there any more. Never holds anything that was sent."""


class Stream(asyncio.Protocol):
    """`connected` is called with the stream itself as soon as there is a connection."""

    def __init__(self, connected: Callable[[Stream], None] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._connected = connected
        self._transport: asyncio.Transport | None = None
        self._unread = bytearray()
        self._ended = False
        self._lost = False
        self._paused_reading = False
        self._paused_writing = False
        self._reader: asyncio.Future[None] | None = None
        self._writers: list[asyncio.Future[None]] = []
        self._encrypted = False
        self.on_lost: Callable[[], None] | None = None
        """Called once, when the connection is gone: the way to notice it without reading."""

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._use(cast(asyncio.Transport, transport))
        # asyncio does this only for sockets whose protocol was spelled out; else each answer may wait for 40 ms.
        with suppress(OSError):  # it may be gone already
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._connected is not None:
            self._connected(self)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        self._pause_when_full()
        self._wake_reader()

    def eof_received(self) -> bool:
        self._ended = True
        self._wake_reader()
        return not self._encrypted  # a plain connection stays open for the other direction; TLS cannot

    def connection_lost(self, error: Exception | None) -> None:
        self._ended = self._lost = True
        self._wake_reader()
        self._wake_writers()
        if self.on_lost is not None:
            on_lost, self.on_lost = self.on_lost, None
            on_lost()

    def pause_writing(self) -> None:
        self._paused_writing = True

    def resume_writing(self) -> None:
        self._paused_writing = False
        self._wake_writers()

    # What we call.

    @property
    def fresh(self) -> bool:
        """Whether nothing came that was not read, and the other side has not ended it: fit for another request."""
        return not (self._ended or self._lost or self._unread)

    @property
    def lost(self) -> bool:
        """Whether the connection is gone in both directions."""
        return self._lost

    @property
    def half_closes(self) -> bool:
        """Whether it can end what it sends, and still read."""
        return not self._encrypted

    @property
    def unread(self) -> bool:
        """Whether there is something to read without waiting."""
        return bool(self._unread)

    async def read(self) -> bytes:
        """All that came since the last call, b"" at the end. Waits while there is nothing."""
        while not self._unread and not self._ended:
            if self._reader is not None:
                raise RuntimeError("two readers")
            self._reader = self._loop.create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        data = bytes(self._unread)
        self._unread.clear()
        if self._paused_reading and self._transport is not None and not self._lost:
            self._paused_reading = False
            self._transport.resume_reading()
        return data

    def put_back(self, data: bytes) -> None:
        """The next `read` begins with this."""
        self._unread[:0] = data

    def write(self, data: bytes) -> None:
        """Raises Gone when there is nobody to send it to."""
        if self._lost or self._transport is None or self._transport.is_closing():
            raise Gone
        self._transport.write(data)

    async def drain(self) -> None:
        """Waits until the other side has taken most of what was written. Raises Gone."""
        while self._paused_writing and not self._lost:
            waiter = self._loop.create_future()
            self._writers.append(waiter)
            await waiter
        if self._lost:
            raise Gone

    def end_writing(self) -> None:
        """Nothing follows; the other direction stays open where that is possible, which it is not in TLS."""
        if self._transport is None or self._lost or self._transport.is_closing():
            return
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def close(self) -> None:
        """Ends it when all is sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Ends it now."""
        if self._transport is not None:
            self._transport.abort()

    def keep_alive(self) -> None:
        """Notice a peer that went away without a word, also while nothing is sent for hours."""
        if self._transport is not None:
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    async def start_tls(self, context: ssl.SSLContext, *, server_side: bool, name: str | None = None) -> None:
        """Speaks TLS from here on. Raises ssl.SSLError or OSError; the connection is then closed.

        What came before must have been read: bytes in the clear would otherwise count as if they were encrypted.
        """
        if self._unread or self._ended or self._transport is None:
            self.abort()
            raise Gone
        plain, self._transport = self._transport, None
        self._encrypted = True
        try:
            transport = await self._loop.start_tls(
                plain,
                self,
                context,
                server_side=server_side,
                server_hostname=name,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
                ssl_shutdown_timeout=_SHUTDOWN_TIMEOUT_S,
            )
        except BaseException:
            self._ended = self._lost = True
            plain.abort()
            raise
        if transport is None or self._lost:
            plain.abort()
            raise Gone
        self._use(transport)
        self._pause_when_full()

    def _use(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        transport.set_write_buffer_limits(high=_MOST_UNWRITTEN)

    def _pause_when_full(self) -> None:
        # While TLS begins there is no transport that could be asked to; then TLS itself holds little back.
        if len(self._unread) > _MOST_UNREAD and not self._paused_reading and self._transport is not None:
            self._paused_reading = True
            self._transport.pause_reading()

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _wake_writers(self) -> None:
        waiting, self._writers = self._writers, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)
