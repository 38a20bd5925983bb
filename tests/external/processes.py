"""Runs one program with a small environment and a time limit, and ends what it left behind."""

import base64
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Finished:
    exit_code: int
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
    argv: list[str], *, cwd: Path, env: Mapping[str, str], timeout_s: float, canaries: Iterable[str] = ()
) -> Finished:
    """Runs in a process group of its own, which is killed when the program ends or runs out of time."""
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
    timed_out = False
    with process:
        try:
            raw, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            timed_out = True
            _kill_group(process.pid)
            raw, _ = process.communicate()
        finally:
            _kill_group(process.pid)  # servers that outlived their host
    output = redact(raw.decode(errors="replace"), canaries)
    if timed_out:
        raise HostFailed(f"{Path(argv[1]).name} did not end within {timeout_s:.0f} s:\n{output}")
    return Finished(process.returncode, output, time.monotonic() - begun)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
