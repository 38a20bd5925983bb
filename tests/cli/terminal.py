"""A process on a terminal of its own: what it shows, the keys that are pressed, Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from types import TracebackType

from tests.cli.program import Program

PATIENCE_S = 60.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """Starts the program with stdin, stdout and stderr on a terminal."""

    def __init__(self, start: Program, *words: str, columns: int = 80, **variables: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self._slave = slave
        self.modes = termios.tcgetattr(slave)
        environ = start.environ | {"TERM": "xterm-256color"} | variables
        self.process = subprocess.Popen(
            [str(start.path), *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environ,
            cwd=environ["HOME"],
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self.raw = ""

    @property
    def shown(self) -> str:
        """All that was shown so far, without colours."""
        return _ESCAPES.sub("", self.raw).replace("\r\n", "\n")

    def until(self, pattern: str, times: int = 1) -> None:
        """Wait until the pattern has been shown so many times. Raises AssertionError when it does not come."""
        deadline = time.monotonic() + PATIENCE_S
        while len(re.findall(pattern, self.shown)) < times:
            assert time.monotonic() < deadline, f"{pattern} did not come:\n{self.shown}"
            if not self._read():
                raise AssertionError(f"ended before {pattern}:\n{self.shown}")
        time.sleep(0.05)  # the prompt stands; the next thing the program does is to read a key

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def interrupt(self) -> None:
        """As Ctrl-C does it, or as `kill -INT`."""
        self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Wait for the end; answers the exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.shown}"
            self._read()
        while self._read():
            pass
        return self.process.returncode

    @property
    def as_found(self) -> bool:
        """Whether the terminal has the modes again that it had before."""
        return termios.tcgetattr(self._slave) == self.modes

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 0.2)
        if not ready:
            return self.process.poll() is None
        self.raw += os.read(self._master, 65536).decode("utf-8", "replace")
        return True

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._slave)
        os.close(self._master)
