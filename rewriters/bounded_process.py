"""Run a program of somebody else's: bounded in time and output, and nothing that it started stays behind.

A server may put itself or a helper into a session of its own, where no signal to its process group arrives. On Linux
such orphans become children of this process while it asks for them, and are ended with the rest.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

GRACE_S = 1.0
"""Between being asked to end and being ended."""
_SETTLE_S = 2.0
_POLL_S = 0.01
_BECOME_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Printed:
    """What a program did. `output` may hold secrets: never shown, and not part of `repr`."""

    exit_code: int | None
    """None where the time was up."""
    output: bytes = field(repr=False)
    """The beginning of what it printed on the stream that was listened to."""


def run_bounded(
    command: Sequence[str],
    environ: Mapping[str, str],
    cwd: str,
    *,
    timeout_s: float,
    most_bytes: int,
    stream: str = "stdout",
) -> Printed:
    """Start a program without a terminal and wait for its end. Raises OSError when it cannot be started.

    `stream`: `stdout` or `stderr`, whichever is listened to. The other is thrown away, and so is what comes beyond
    `most_bytes`: a flood fills no memory and no disk.
    """
    listened = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | {stream: subprocess.PIPE}
    with nothing_left() as started:
        process = subprocess.Popen(
            list(command),
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=listened["stdout"],
            stderr=listened["stderr"],
            start_new_session=True,
        )
        started.append(process.pid)
        pipe = process.stdout or process.stderr
        assert pipe is not None
        try:
            output = _read(process, pipe, time.monotonic() + timeout_s, most_bytes)
        finally:
            code = process.poll()
            end_group(process.pid)
            process.wait()
    return Printed(code, output)


def _read(process: subprocess.Popen[bytes], pipe: IO[bytes], deadline: float, most_bytes: int) -> bytes:
    """Until the program itself has ended: a child of its own may hold the pipe open for ever."""
    import threading

    kept = bytearray()

    def drain() -> None:
        # Closed by whoever reads: a read that is about to begin would take from the next file with its number.
        with suppress(OSError, ValueError), pipe:
            while chunk := os.read(pipe.fileno(), _CHUNK):
                kept.extend(chunk[: max(0, most_bytes - len(kept))])

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    if process.poll() is not None:
        reader.join(min(GRACE_S, max(0.0, deadline - time.monotonic())))
    return bytes(kept)


def end_group(leader: int) -> None:
    """End a process group: asked first, then not asked."""
    if os.name != "posix":
        with suppress(OSError):
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(leader)], capture_output=True, check=False)
        return
    for sign, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, 0.0)):
        try:
            os.killpg(leader, sign)
        except ProcessLookupError:
            return
        except PermissionError:  # of macOS for a group of which only a zombie is left
            return
        until = time.monotonic() + patience
        while time.monotonic() < until and _alive(leader):
            time.sleep(_POLL_S)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return any(state != "Z" for _, _, of, state in _processes() if of == group) if sys.platform == "linux" else True


@contextmanager
def nothing_left() -> Iterator[list[int]]:
    """End every process that was started in the block and is still there at its end, on Linux orphans included.

    What another thread starts meanwhile is taken for the block's. Gives a list for the ids of the programs that the
    block starts itself and waits for.
    """
    started: list[int] = []
    if sys.platform != "linux":
        yield started
        return
    before = _children()
    adopting = _adopt_orphans(True)
    try:
        yield started
    finally:
        until = time.monotonic() + _SETTLE_S
        # An orphan becomes ours when its parent has gone, so that each round may show new ones.
        while left := _children() - before - set(started):
            for pid in left:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                with suppress(OSError):
                    os.waitpid(pid, os.WNOHANG)
            if time.monotonic() > until:
                break
            time.sleep(_POLL_S)
        if adopting:
            _adopt_orphans(False)


def _adopt_orphans(on: bool) -> bool:
    import ctypes

    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, int(on), 0, 0, 0) == 0)
    return False


def _children() -> set[int]:
    mine = os.getpid()
    return {pid for pid, parent, _, _ in _processes() if parent == mine}


def _processes() -> Iterator[tuple[int, int, int, str]]:
    """(id, parent, group, state) of every process that /proc shows."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                # The name stands in parentheses and may hold any byte, another parenthesis too.
                state, parent, group = file.read().rpartition(b")")[2].split()[:3]
        except (OSError, ValueError):
            continue  # it has ended meanwhile
        yield int(name), int(parent), int(group), state.decode("ascii")
