"""Run a program of somebody else's that talks to a person: on the terminal where there is one, else line by line."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, TypeAlias

from unsprawl.rewriters.bounded_process import GRACE_S, end_group, nothing_left
from unsprawl.scanner.redact import one_line

Said: TypeAlias = Callable[[str], None]
_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-Z\\-_])")
_LONGEST = 8192
_MOST_LINES = 2000
_POLL_S = 0.02


def run_shown(command: Sequence[str], environ: Mapping[str, str], cwd: str, said: Said, timeout_s: float) -> int | None:
    """Start it and wait for its end; its exit code, None where the time was up, 127 where it cannot be started.

    On a terminal it has the terminal, as it would have it without us. Elsewhere it gets no input, and `said` is given
    each line that it prints, printable.
    """
    try:
        if sys.stdin.isatty() and sys.stderr.isatty():
            return _on_terminal(command, environ, cwd, timeout_s)
        return _by_line(command, environ, cwd, said, timeout_s)
    except OSError:
        return 127


def _on_terminal(command: Sequence[str], environ: Mapping[str, str], cwd: str, timeout_s: float) -> int | None:
    # Its words go to our stderr: stdout may be the report.
    with subprocess.Popen(list(command), env=dict(environ), cwd=cwd, stdout=sys.__stderr__) as process:
        try:
            return process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with suppress(OSError):
                process.terminate()


def _by_line(command: Sequence[str], environ: Mapping[str, str], cwd: str, said: Said, timeout_s: float) -> int | None:
    with nothing_left() as started:
        process = subprocess.Popen(
            list(command),
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started.append(process.pid)
        assert process.stdout is not None
        reader = threading.Thread(target=_tell, args=(process.stdout, said), daemon=True)
        reader.start()
        deadline = time.monotonic() + timeout_s
        try:
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(_POLL_S)
            code = process.poll()
            reader.join(GRACE_S)
        finally:
            end_group(process.pid)
            process.wait()
    return code


def _tell(pipe: IO[bytes], said: Said) -> None:
    with suppress(OSError, ValueError), pipe:
        for _ in range(_MOST_LINES):
            line = pipe.readline(_LONGEST)
            if not line:
                return
            for part in _ESCAPES.sub(b"\n", line).splitlines():
                text = one_line(part.decode("utf-8", "replace").strip())
                if text:
                    said(text)
        while pipe.read(_LONGEST):
            pass
