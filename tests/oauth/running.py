"""Real servers as processes of their own, on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PYTHON_SDK = Path(__file__).parents[1] / "servers" / "python_sdk.py"
_START_S = 60


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


@contextmanager
def running(command: Sequence[str], port: int, **variables: str) -> Iterator[str]:
    """The process, once somebody listens on the port; the origin."""
    with subprocess.Popen(
        command,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # it may start others, which must end with it
    ) as process:
        try:
            end = time.monotonic() + _START_S
            while not _listens(port):
                ended = process.poll() is not None
                if ended or time.monotonic() > end:
                    _end(process)
                    said = process.stdout.read().decode(errors="replace") if process.stdout else ""
                    raise AssertionError(f"{command[0]} did not start:\n{said[-3000:]}")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def python_sdk(kind: str, issuer: str = "", port: int | None = None, known_as: str = "") -> Iterator[str]:
    """A server of the Python SDK; its origin on loopback. `known_as`: the address that it gives as its own."""
    port = port or free_port()
    with running([sys.executable, str(PYTHON_SDK), kind, str(port), issuer, known_as], port) as origin:
        yield origin
