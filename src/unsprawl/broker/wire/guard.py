"""A second, empty process in the group of the server: what only somebody beside us can see or do.

A signal that reaches our process may have been sent to us alone (then the server must be given it) or to the whole
group, as a terminal's ^C and many hosts do (then the server has it already, and many a server takes a second one for
"at once"). The kernel does not tell. This process tells: it is in the group, too.

It also outlives us when we are killed: it removes the run's folder and, where the system cannot do that by itself, ends
the server. It is made before any secret is read, and holds none.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Collection
from contextlib import suppress

from unsprawl.broker.wire.folder import remove

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

_ASKED = b"?"
_ANSWER = 0
_KEPT_S = 1.0
"""What reached the group longer ago has nothing to do with a signal of now."""
_WAIT_S = 0.5
_SPREAD_S = 0.002
"""The members of a group are given a signal one after the other."""


class Guard:
    """Our end of it."""

    def __init__(self, pid: int, line: socket.socket) -> None:
        self._pid = pid
        self._line = line
        self._seen: dict[int, list[float]] = {}
        self._answered: asyncio.Event | None = None
        self._gone = False

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take in what it reports from now on."""
        import asyncio

        self._answered = asyncio.Event()
        self._line.setblocking(False)
        loop.add_reader(self._line, self._reported, loop)

    def remember(self, server: int, folder: str) -> None:
        """What to end and to remove when we are gone."""
        with suppress(OSError):
            self._line.send(b"!" + f"{server} ".encode() + os.fsencode(folder) + b"\n")

    async def reached_all(self, number: int) -> bool:
        """Whether the signal, which has just reached us, went to the whole group."""
        import asyncio

        if self._answered is None:
            return False
        await asyncio.sleep(_SPREAD_S)
        self._answered.clear()
        try:
            self._line.send(_ASKED)
            if not self._gone:
                await asyncio.wait_for(self._answered.wait(), _WAIT_S)
        except (OSError, TimeoutError):
            return False
        recent = [seen for seen in self._seen.pop(number, []) if time.monotonic() - seen < _KEPT_S]
        self._seen[number] = recent[1:]
        return bool(recent)

    def dismiss(self) -> None:
        """End it, and leave no zombie."""
        with suppress(OSError):
            os.kill(self._pid, signal.SIGKILL)
        with suppress(OSError):
            os.waitpid(self._pid, 0)
        self._line.close()

    def _reported(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            report = self._line.recv(4096)
        except OSError:
            report = b""
        if not report:
            loop.remove_reader(self._line)
            self._gone = True
            report = bytes([_ANSWER])  # whoever asked need not wait
        for number in report:
            if number != _ANSWER:
                self._seen.setdefault(number, []).append(time.monotonic())
            elif self._answered is not None:
                self._answered.set()


def post(numbers: Collection[int], *, kill_server: bool) -> Guard:
    """Make the process. `numbers`: what it reports. `kill_server`: whether nobody else will, when we are gone."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        theirs.close()
        return Guard(pid, ours)
    try:
        _watch(theirs.detach(), numbers, kill_server)
    finally:
        os._exit(0)


def _watch(line: int, numbers: Collection[int], kill_server: bool) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.dup2(line, 3)
    os.closerange(4, 1 << 16)  # the server's pipes among them: it must see when we are gone
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for number in numbers:
        signal.signal(number, lambda *_: None)
    server, folder = 0, ""
    while True:
        select.select([3, woken], [], [])
        _report(woken)
        if not select.select([3], [], [], 0)[0]:
            continue
        told = os.read(3, 65536)
        if not told:
            break
        if told.startswith(b"!"):
            told, _, rest = told[1:].partition(b"\n")
            pid, _, name = told.partition(b" ")
            server, folder, told = int(pid), os.fsdecode(name), rest
        if _ASKED in told:
            _report(woken)
            with suppress(OSError):
                os.write(3, bytes([_ANSWER]))
    if server and kill_server:
        with suppress(OSError):
            os.kill(server, signal.SIGKILL)
    if folder:
        remove(folder)


def _report(woken: int) -> None:
    with suppress(OSError):  # there is nothing to report, or nobody left to report to
        os.write(3, os.read(woken, 256))
