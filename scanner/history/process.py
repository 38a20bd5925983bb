"""Git commands read as streams: nothing is held in memory but what is asked for."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from threading import Thread
from typing import IO, Any

from unsprawl.scanner.errors import Exit, UnsprawlError
from unsprawl.scanner.history.ahead import CHUNK, Ahead
from unsprawl.scanner.history.guards import command, environment, limit_memory
from unsprawl.scanner.record import NamedTuple

PATIENCE_S = 60.0
"""How long git may take for a small answer: a file in `.git` may be a pipe that nobody writes to."""
_PIECE = 1 << 16
"""A buffer of this size is made for every read, however little comes."""
_SAID = 4096
_LAST_S = 1.0
"""How long the end of a command that is gone already may take to come."""
OLDEST = "2.25"


class HistoryUnavailable(UnsprawlError):
    """There is no history that could be read."""

    exit = Exit.INCOMPLETE


class Ended(NamedTuple):
    """How a command ended. `said` is the last thing it complained of: foreign text."""

    code: int
    said: str


class Asker(NamedTuple):
    """Starts git in one repository. `current`: the variables count that say which one the caller is in."""

    top: str
    current: bool

    def ask(self, *words: str, given: bytes = b"") -> tuple[Ended, bytes]:
        """What a command says that answers at once. Raises HistoryUnavailable where git cannot be started, or hangs."""
        try:
            done = subprocess.run(
                command(self.top, *words), env=environment(current=self.current), input=given, capture_output=True,
                timeout=PATIENCE_S, check=False,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise _not_started(error) from None
        except subprocess.TimeoutExpired:
            raise HistoryUnavailable(
                "git did not answer within a minute",
                hint="Is a file in its .git folder a pipe, or on a disk that is gone? Try `git status` there.",
            ) from None
        return Ended(done.returncode, last_words(done.stderr)), done.stdout

    def stream(self, *words: str, feed: Iterable[bytes] | None = None) -> Stream:
        """A command whose output is read while it comes. Raises HistoryUnavailable."""
        return Stream(command(self.top, *words), environment(current=self.current), feed)


class Stream:
    """A running git command. To be closed, which ends it."""

    def __init__(self, words: list[str], env: dict[str, str], feed: Iterable[bytes] | None) -> None:
        try:
            self._process = subprocess.Popen(
                words, env=env, bufsize=0, stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise _not_started(error) from None
        assert self._process.stdout is not None
        limit_memory(self._process.pid)
        self._output: Any = self._process.stdout
        _widen(self._output)
        self._complaints = bytearray()
        self._ended: Ended | None = None
        self._ahead: Ahead | None = None
        self._threads = [Thread(target=self._listen, daemon=True)]
        if feed is not None:
            self._threads.append(Thread(target=self._feed, args=(feed,), daemon=True))
        for thread in self._threads:
            thread.start()

    def readinto(self, room: memoryview) -> int:
        """The next bytes, as many as are there; 0 at the end."""
        return int(self._output.readinto(room) or 0)

    def chunks(self) -> Iterator[bytes]:
        """The output piece by piece."""
        while chunk := self._output.read(_PIECE):
            yield chunk

    @property
    def runs(self) -> bool:
        """Whether git is still at work."""
        return self._process.poll() is None

    def rows(self, end: bytes) -> Iterator[bytes]:
        """The output as what ends with `end`."""
        rest = b""
        for chunk in self.chunks():
            *rows, rest = (rest + chunk).split(end)
            yield from rows

    def ahead(self) -> Ahead:
        """The output piece by piece, read by a thread from now on, so that git goes on while we do something else."""
        self._ahead = Ahead(self.readinto)
        return self._ahead

    def waits(self, seconds: float) -> bool:
        """Whether nothing comes for so long."""
        if not hasattr(select, "poll"):  # Windows has none for pipes
            return False
        poll = select.poll()
        poll.register(self._output, select.POLLIN | select.POLLHUP)
        return not poll.poll(seconds * 1000)

    def close(self) -> Ended:
        """How it ended; killed when it has not. May be called again."""
        if self._ended is not None:
            return self._ended
        if self._process.poll() is None:
            with suppress(subprocess.TimeoutExpired):  # it has said all, and is about to go
                self._process.wait(0.2)
        if self._process.poll() is None:
            self._process.kill()
        code = self._process.wait()
        for thread in self._threads:
            thread.join(_LAST_S)
        if self._ahead is None or self._ahead.stop(_LAST_S):
            self._output.close()
        self._ended = Ended(code, last_words(bytes(self._complaints)))
        return self._ended

    def _feed(self, feed: Iterable[bytes]) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with suppress(OSError, ValueError):  # it ended before it had read all
            for piece in feed:
                _write(stdin, piece)
        with suppress(OSError, ValueError):
            stdin.close()

    def _listen(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        with suppress(OSError, ValueError):
            while piece := stderr.read(_SAID):
                self._complaints += piece
                del self._complaints[:-_SAID]
        stderr.close()


def _write(stdin: IO[bytes], piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[stdin.write(view) :]


def _widen(output: IO[bytes]) -> None:
    """Room for more in the pipe: git and we wait less for each other."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(output.fileno(), fcntl.F_SETPIPE_SZ, CHUNK)


def _not_started(error: Exception) -> HistoryUnavailable:
    if isinstance(error, FileNotFoundError):
        return HistoryUnavailable(
            "git was not found, and history is only read through it", hint="Install git, or put it on PATH."
        )
    return HistoryUnavailable("git cannot be started", hint="Does `git --version` work?")


def too_old(ended: Ended) -> None:
    """Raises HistoryUnavailable where git did not know an option."""
    if ended.code == 129:
        raise HistoryUnavailable("this git is too old", hint=f"Histories are read with git {OLDEST} or later.")


def last_words(stderr: bytes) -> str:
    """The first line that tells why git gave up, without what it begins with."""
    lines = [line for line in stderr.decode("utf-8", "backslashreplace").splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith("fatal: ")), next(iter(lines), ""))
    return told.removeprefix("fatal: ").removeprefix("error: ")[:200]
