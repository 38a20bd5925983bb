"""Wall time and memory of commands, taken in turns so that all see the same machine."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_CODES = (0, 1, 200)
"""What scanners end with: clean, found something; kingfisher has a number of its own for the second."""


class Command(NamedTuple):
    """One thing to measure."""

    argv: Sequence[str]
    cwd: str
    env: Mapping[str, str]


class Measured(NamedTuple):
    """The fastest run: whatever else the machine does only ever adds to it."""

    seconds: float
    cpu_seconds: float
    """What the processors worked for it, on all cores: does not depend on what else the machine does."""
    peak_mb: float
    output: bytes
    """Of the last run: stdout and stderr."""


def in_turns(commands: Mapping[str, Command], rounds: int) -> dict[str, Measured]:
    """Each command once to warm up, then `rounds` times, one after the other in every round."""
    found: dict[str, Measured] = {}
    for number in range(rounds + 1):
        for name, command in commands.items():
            run = _once(command)
            before = found.get(name)
            if number > 1 and before is not None:
                run = Measured(
                    min(run.seconds, before.seconds),
                    min(run.cpu_seconds, before.cpu_seconds),
                    max(run.peak_mb, before.peak_mb),
                    run.output,
                )
            found[name] = run
    return found


def _once(command: Command) -> Measured:
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.argv, cwd=command.cwd, env=command.env, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
    if process.returncode not in _CODES:
        raise SystemExit(f"{command.argv[0]} ended with {process.returncode}: {said[-500:].decode(errors='replace')}")
    peak_mb = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Measured(seconds, usage.ru_utime + usage.ru_stime, peak_mb, said)
