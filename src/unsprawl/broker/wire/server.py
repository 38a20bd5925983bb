"""The server as a child that behaves as if nobody stood between it and its host.

It is forked before any secret is read and waits for what it is to become. It keeps our standard streams, our process
group, terminal, signal mask and limits; signals that reach us alone are passed on, and we end as it ends.
"""

from __future__ import annotations

import marshal
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

from unsprawl.broker.wire import hardening
from unsprawl.broker.wire.guard import Guard, post

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGTSTP")
_STOP_S = 5.0
"""A server that stops on ^Z does so within that time, or it does not mean to."""


def forwarded() -> list[signal.Signals]:
    """The signals that are passed on: not those that our host told us to ignore, as the server ignores them too."""
    numbers = [signal.Signals[name] for name in _NAMES]
    return [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]


class Server:
    """Made with `fork`, started once."""

    def __init__(self, pid: int, order: int, answer: int, guard: Guard, foreign: Sequence[int]) -> None:
        self.pid = pid
        self._order = order
        self._answer = answer
        self._guard = guard
        self._foreign = foreign
        self._started = False
        self._ended: asyncio.Future[int] | None = None
        self._asked_to_stop: float | None = None
        self._has_stopped: float | None = None
        """When, of ^Z."""
        self._waiting: list[int] = []
        """Signals that reached us, the first of them in work."""

    @classmethod
    def fork(cls) -> Server:
        """The child, waiting. Call it while this process has one thread and knows no secret."""
        hardening.prepare()
        opened = _standard_streams()
        foreign = _descriptors_of_the_host()
        order_read, order = os.pipe()
        answer, answer_write = os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            os.close(order)
            os.close(answer)
            _become(order_read, answer_write, parent, opened)
        os.close(order_read)
        os.close(answer_write)
        guard = post(forwarded(), kill_server=not hardening.LINUX)
        return cls(pid, order, answer, guard, foreign)

    def start(self, program: str, argv: Sequence[str], environ: Mapping[str, str], folder: str) -> None:
        """Let it become `program`. `folder`: what is removed should we be killed. Raises the OSError of exec."""
        variables = {os.fsencode(name): os.fsencode(value) for name, value in environ.items()}
        order = marshal.dumps((os.fsencode(program), [os.fsencode(word) for word in argv], variables))
        self._guard.remember(self.pid, folder)
        for caught in forwarded():
            signal.signal(caught, self._received)
        self._started = True
        with os.fdopen(self._order, "wb") as file:
            file.write(order)
        with os.fdopen(self._answer, "rb") as file:
            number = file.read()
        if number:
            raise OSError(int(number), os.strerror(int(number)))
        _let_go(self._foreign)
        hardening.leave_no_core()

    async def ended(self) -> int:
        """Its status, as `os.waitpid` gives it, once it has ended. Until then signals are passed on."""
        import asyncio

        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        loop.add_signal_handler(signal.SIGCHLD, self._look)
        loop.add_signal_handler(signal.SIGCONT, self.send, signal.SIGCONT)
        self._look()
        return await self._ended

    def send(self, number: int) -> None:
        """Give it a signal."""
        if not self._has_ended():  # reaped, its number may be another's by now
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, number)

    def dismiss(self) -> None:
        """The second process goes; so does a server that was never started, and one that we cannot serve."""
        self._guard.dismiss()
        if self._has_ended():
            return
        if self._started:
            with suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
        else:
            os.close(self._order)
            os.close(self._answer)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def _has_ended(self) -> bool:
        return self._ended is not None and self._ended.done()

    def _received(self, number: int, _: object) -> None:
        """A signal, wherever this process is just now. What comes meanwhile waits for its turn."""
        self._waiting.append(number)
        if len(self._waiting) > 1:
            return
        while self._waiting:
            number = self._waiting[0]
            if number == signal.SIGTSTP:
                self._asked_to_stop = time.monotonic()
            has_it = self._in_our_group() and self._guard.reached_all(number)
            if not has_it:
                self.send(number)
            self._waiting.pop(0)
            if has_it:
                self._waiting = [other for other in self._waiting if other != number]
            if number == signal.SIGTSTP:
                self._stop_too()

    def _in_our_group(self) -> bool:
        try:
            return os.getpgid(self.pid) == os.getpgrp()
        except OSError:
            return False

    def _look(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                pid, status = self.pid, 0
            if not pid or self._ended is None or self._ended.done():
                return
            if os.WIFSTOPPED(status):
                if os.WSTOPSIG(status) == signal.SIGTSTP:
                    self._has_stopped = time.monotonic()
                    self._stop_too()
                continue
            self._ended.set_result(status)
            return

    def _stop_too(self) -> None:
        """Stop when it stopped after ^Z, so that a shell sees its job stopped; not when a debugger stopped it."""
        asked, stopped = self._asked_to_stop, self._has_stopped
        if asked is None or stopped is None or abs(asked - stopped) > _STOP_S:
            return
        self._asked_to_stop = self._has_stopped = None
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # continues here
        signal.signal(signal.SIGTSTP, self._received)


def end_as(status: int) -> NoReturn:
    """End this process as the server ended: with its exit code, or by its signal. Does not come back.

    At once: what is left of the proxy may be waiting for a vault or a vendor.
    """
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
        os.kill(os.getpid(), number)
        time.sleep(0.1)  # the signal comes before this ends, unless it cannot end a process
        os._exit(128 + number)
    os._exit(os.waitstatus_to_exitcode(status))


def _become(order: int, answer: int, parent: int, opened: Sequence[int]) -> NoReturn:
    try:
        hardening.die_with(parent, signal.SIGKILL)
        with os.fdopen(order, "rb") as file:
            told = file.read()
        if not told:
            os._exit(0)  # it came to nothing, and the other process says why
        program, argv, environ = marshal.loads(told)
        for name in ("SIGPIPE", "SIGXFSZ"):  # Python ignores them, and what is ignored stays so through exec
            signal.signal(signal.Signals[name], signal.SIG_DFL)
        for descriptor in opened:
            os.close(descriptor)
        os.execve(program, argv, environ)
    except OSError as error:
        os.write(answer, str(error.errno).encode())
    finally:
        os._exit(1)


def _standard_streams() -> list[int]:
    """The standard streams that our host left closed: taken, so that no pipe of ours comes to lie there."""
    opened: list[int] = []
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            if os.open(os.devnull, os.O_RDWR) == descriptor:
                opened.append(descriptor)
    return opened


def _descriptors_of_the_host() -> list[int]:
    """Those that the server inherits besides the standard streams. Ours are never inherited."""
    found: list[int] = []
    try:
        names = os.listdir("/dev/fd")
    except OSError:
        return found  # a container without it; then these stay open here as long as the server runs
    for name in names:
        with suppress(OSError, ValueError):
            if int(name) > 2 and os.get_inheritable(int(name)):
                found.append(int(name))
    return found


def _let_go(foreign: Sequence[int]) -> None:
    """Whoever reads what the server writes must see its end when the server closes it; stderr is for us, too."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    for descriptor in foreign:
        with suppress(OSError):
            os.close(descriptor)
