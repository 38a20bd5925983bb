"""Runs one program with a small environment and a time limit, and ends what it left behind."""

import base64
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

POLL_S = 0.1
SETTLE_S = 0.5
"""A program that is ended has this long to write what it would write, to its configuration too."""


@dataclass(frozen=True, slots=True)
class Finished:
    exit_code: int | None
    """None where the program was ended because it had done enough."""
    output: str
    """stdout and stderr together, without the canaries."""
    seconds: float


class HostFailed(Exception):
    """A host program failed or did not end; the message holds its output without the canaries."""


def redact(text: str, canaries: Iterable[str]) -> str:
    """Blanks each canary in the spellings a program may print it in."""
    spellings = {
        spelling
        for canary in canaries
        if canary
        for spelling in (
            canary,
            json.dumps(canary)[1:-1],
            quote(canary, safe=""),
            base64.b64encode(canary.encode()).decode().rstrip("="),
        )
    }
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, "<canary>")
    return text


def run(
    argv: list[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout_s: float,
    canaries: Iterable[str] = (),
    enough: Callable[[], bool] = lambda: False,
) -> Finished:
    """Runs in a process group of its own, which is killed when the program ends, has done enough or runs out of time.

    `enough` is asked over and over: many hosts stay, or try an unreachable model for a minute.
    """
    canaries = tuple(canaries)
    begun = time.monotonic()
    process = subprocess.Popen(
        argv,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ended = timed_out = False
    with process:
        try:
            while True:
                try:
                    raw, _ = process.communicate(timeout=POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    ended, timed_out = enough(), time.monotonic() - begun > timeout_s
                if ended or timed_out:
                    time.sleep(SETTLE_S)
                    _kill_group(process.pid)
                    raw, _ = process.communicate(timeout=timeout_s)
                    break
        finally:
            _kill_group(process.pid)  # servers that outlived their host
    output = redact(raw.decode(errors="replace"), canaries)
    if timed_out and not ended:
        raise HostFailed(f"{Path(argv[1]).name} did not end within {timeout_s:.0f} s:\n{output}")
    return Finished(None if ended else process.returncode, output, time.monotonic() - begun)


def end_leftovers(home: Path) -> None:
    """Kill what still runs with this home: some hosts leave a daemon behind, in a session of its own."""
    wanted = f"HOME={home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
