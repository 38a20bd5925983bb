"""A second, empty process in the group of the server: what only somebody beside us can see or do.

A signal that reaches our process may have been sent to us alone (then the server must be given it) or to the whole
group, as a terminal's ^C and many hosts do (then the server has it already, and many a server takes a second one for
"at once"). The kernel does not tell. This process does: it is in the group, too.

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

_ASK, _REMEMBER = b"?", b"!"
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
        self._asked = 0

    def remember(self, server: int, folder: str) -> None:
        """What to end and to remove when we are gone."""
        with suppress(OSError):
            self._line.sendall(_REMEMBER + f"{server} ".encode() + os.fsencode(folder) + b"\n")

    def reached_all(self, number: int) -> bool:
        """Whether the signal, which has just reached us, went to the whole group.

        Several of the same count as one: while a process does not get to take one, the system itself drops the others.
        """
        time.sleep(_SPREAD_S)
        try:
            self._line.settimeout(_WAIT_S)
            self._asked = (self._asked + 1) % 128
            self._line.sendall(_ASK + bytes([number, self._asked]))
            answer = self._line.recv(1)
            while answer and answer[0] % 128 != self._asked:  # to an earlier question, after we gave up
                answer = self._line.recv(1)
            reached = bool(answer) and answer[0] >= 128
        except OSError:  # it is gone, or does not get to answer
            return False
        time.sleep(_SPREAD_S)  # another of the same, which it took before it answered, is here by then
        return reached

    def dismiss(self) -> None:
        """End it, and leave no zombie."""
        with suppress(OSError):
            os.kill(self._pid, signal.SIGKILL)
        with suppress(OSError):
            os.waitpid(self._pid, 0)
        self._line.close()


def post(numbers: Collection[int], *, kill_server: bool) -> Guard:
    """Make the process. `numbers`: what it tells of. `kill_server`: whether nobody else will, when we are gone."""
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
    seen: dict[int, float] = {}
    server, folder, told = 0, "", b""
    while True:
        select.select([3, woken], [], [])
        _take(woken, seen)
        if not select.select([3], [], [], 0)[0]:
            continue
        more = os.read(3, 65536)
        if not more:
            break
        told += more
        while True:
            if told[:1] == _ASK and len(told) > 2:
                _take(woken, seen)
                recent = time.monotonic() - seen.pop(told[1], -_KEPT_S) < _KEPT_S
                with suppress(OSError):
                    os.write(3, bytes([told[2] + 128 * recent]))
                told = told[3:]
            elif told[:1] == _REMEMBER and b"\n" in told:
                order, _, told = told[1:].partition(b"\n")
                pid, _, name = order.partition(b" ")
                server, folder = int(pid), os.fsdecode(name)
            else:
                break
    if server and kill_server:
        with suppress(OSError):
            os.kill(server, signal.SIGKILL)
    if folder:
        remove(folder)


def _take(woken: int, seen: dict[int, float]) -> None:
    with suppress(BlockingIOError):
        for number in os.read(woken, 4096):
            seen[number] = time.monotonic()
