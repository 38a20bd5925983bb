"""The command line as real processes: a program of our own on PATH, and a home with nothing of this machine in it."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread, Timer
from typing import NamedTuple

import unsprawl
from tests.git import git as git

SOURCE = Path(unsprawl.__file__).resolve().parents[1]
# Isolated, with our own path: `run` looks at PYTHONPATH, so it must not be set. The environment under test is
# temporary, and `migrate` would rightly refuse to write its path into a host's file.
START = """\
#!{python} -I
import os, sys
sys.path.insert(0, {source!r})
import unsprawl.broker.install as install
install._passing = lambda place, environ, home: ""
{extra}
from unsprawl.cli import main
sys.exit(main())
"""
# A process counts as its peak also what the one that started it held just then, and pytest holds a lot: so a small
# one starts it.
MEASURE = """\
import os, sys
nowhere = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[nowhere]), 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Program:
    """`unsprawl` as an executable file, and the environment in which it is started."""

    path: Path
    environ: dict[str, str] = field(repr=False)

    def __call__(
        self, *words: str, cwd: Path | None = None, stdin: str = "", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.path), *words],
            cwd=cwd or self.environ["HOME"],
            env=self.environ | dict(env or {}),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def peak(self, *words: str) -> tuple[int, int]:
        """The exit code, and the bytes that the program took at most, or what it started, whichever took more."""
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", MEASURE, str(self.path), *words],
            env=self.environ,
            stdout=subprocess.PIPE,
            encoding="ascii",
            check=True,
        )
        code, most = map(int, done.stdout.split())
        return code, most * (1 if sys.platform == "darwin" else 1024)


def program(home: Path, folder: Path, *, extra: str = "", columns: int | None = None) -> Program:
    """Write the program into `folder`. `extra` is Python that runs before it, for faults that no input causes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "unsprawl"
    path.write_text(START.format(python=sys.executable, source=str(SOURCE), extra=extra))
    path.chmod(0o755)
    # Only what we start ourselves: a real `claude` or `npx` of this machine must stay out of it.
    tools = _folder(folder / "tools")
    for name in ("git", "sh", "bash", "env", "cat", "head", "rmdir"):
        found = shutil.which(name)
        if found and not (tools / name).exists():
            (tools / name).symlink_to(found)
    environ = {"HOME": str(home), "PATH": f"{folder}:{tools}", "SHELL": "/bin/bash", "LANG": "C.UTF-8"}
    environ["TMPDIR"] = str(_folder(home.parent / "tmp"))
    if columns is not None:
        environ["COLUMNS"] = str(columns)
    return Program(path, environ)


class Shown(NamedTuple):
    """What a process on a terminal showed there, what went into its stdout, if that was a pipe, and its exit code."""

    screen: str
    piped: str
    code: int


def on_a_terminal(start: Program, *words: str, piped: bool = False, **variables: str) -> Shown:
    """Start a process whose stderr is a terminal, and its stdout too unless that is `piped`."""
    reading, writing = pty.openpty()
    environ = start.environ | {"TERM": "xterm-256color"} | variables
    out: list[bytes] = []
    with subprocess.Popen(
        [str(start.path), *words],
        env=environ,
        cwd=environ["HOME"],
        stdout=subprocess.PIPE if piped else writing,
        stderr=writing,
    ) as process:
        os.close(writing)
        reader = Thread(target=lambda: out.append(process.stdout.read() if process.stdout else b""))
        reader.start()
        too_long = Timer(60, process.kill)
        too_long.start()
        chunks = []
        try:
            while chunk := os.read(reading, 65536):
                chunks.append(chunk)
        except OSError:  # Linux says so when the other end is closed
            pass
        os.close(reading)
        reader.join()
        code = process.wait()
        too_long.cancel()
    return Shown(b"".join(chunks).decode(), b"".join(out).decode(), code)


def _folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path
