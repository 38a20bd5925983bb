"""What a running command says, read by a thread, so that the command goes on while we do something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Condition, Thread
from time import sleep

CHUNK = 1 << 20
_AHEAD = 32 << 20
"""So many bytes of a stream are read ahead."""
_LITTLE, _PAUSE_S = 128 * 1024, 0.001


class Ahead:
    """What a running command says, a piece at a time, of which some are there already."""

    def __init__(self, readinto: Callable[[memoryview], int]) -> None:
        """`readinto`: waits for some bytes and says how many there are; 0 at the end."""
        self._readinto = readinto
        self._chunks: SimpleQueue[bytes] = SimpleQueue()
        self._held = 0
        """How many bytes were read and not asked for."""
        self._room = Condition()
        self._stopped = False
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether the next piece, or the end, can be had without waiting."""
        return not self._chunks.empty()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._chunks.get()
        if not chunk:
            self._chunks.put(b"")  # whoever asks again is told the same
            raise StopIteration
        with self._room:
            self._held -= len(chunk)
            self._room.notify()
        return chunk

    def stop(self, seconds: float) -> bool:
        """Read no further; what was read and not asked for is gone. To be called when the command has ended.

        Answers whether the thread is done with its file, which must not be closed before: the number of a closed file
        is that of the next one opened, and the thread would read from that.
        """
        with self._room:
            self._stopped = True
            self._room.notify()
        self._thread.join(seconds)
        with suppress(Empty):
            while True:
                self._chunks.get_nowait()
        self._chunks.put(b"")
        return not self._thread.is_alive()

    def _read(self) -> None:
        room = bytearray(CHUNK)
        view = memoryview(room)
        with suppress(OSError, ValueError):  # closed
            while more := self._readinto(view):
                self._chunks.put(bytes(view[:more]))
                with self._room:
                    self._held += more
                    self._room.wait_for(lambda: self._held < _AHEAD or self._stopped)
                if self._stopped:
                    break
                if more < _LITTLE:  # git writes a few kilobytes at a time: to take each would cost both of us
                    sleep(_PAUSE_S)
        self._chunks.put(b"")
