"""Questions to git's plumbing: listings whole, contents one by one. Nothing waits for ever for a git that is stuck."""

from __future__ import annotations

import os
import select
import stat
import subprocess
from contextlib import suppress
from enum import Enum, auto
from typing import IO

from unsprawl.scanner.sources.git import command, environment
from unsprawl.scanner.sources.worktree import MAX_BYTES

PATIENCE_S = 60.0
"""How long git may take for the first byte of an answer: its own files may be pipes that nobody writes to."""


class Silent(Exception):
    """Git gave no answer: it refuses the repository, is not installed, or is stuck."""


class Absent(Enum):
    """Why there is no content under a name."""

    MISSING = auto()
    """Nothing has the name, or git has it and not its content."""
    NO_FILE = auto()
    """Something else than a file's content: a folder, a commit."""
    TOO_LARGE = auto()


def answer(top: str, *words: str, current: bool, most: int = -1) -> bytes | None:
    """What one git command prints; None where it fails, or where that is more than `most` bytes, if there is a most.

    Raises Silent where it cannot be started, or is stuck.
    """
    process = _started(top, words, current=current, stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    with process:
        try:
            _wait_for(process.stdout)
            said = process.stdout.read() if most < 0 else process.stdout.read(most + 1)
            too_much = 0 <= most < len(said)
            if too_much:
                process.kill()
        except BaseException:
            process.kill()
            raise
    return said if process.returncode == 0 and not too_much else None


class Contents:
    """One `git cat-file --batch`, asked for one content after the other. To be closed."""

    def __init__(self, top: str, *, current: bool) -> None:
        """Raises Silent."""
        self._process = _started(top, ("cat-file", "--batch"), current=current, stdin=subprocess.PIPE)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        with suppress(OSError):  # git may have ended before it had read the last name
            self._process.stdin.close()
        assert self._process.stdout is not None
        self._process.stdout.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ask(self, name: bytes) -> bytes | Absent:
        """The content that an object name (`:0:path`, `HEAD:path`, an id) stands for. Raises Silent."""
        if b"\n" in name:  # one name a line is what the batch reads
            return Absent.MISSING
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(name + b"\n")
            stdin.flush()
            _wait_for(stdout)
            header = stdout.readline()
        except OSError:
            header = b""
        except Silent:
            self._process.kill()
            raise
        if not header.endswith(b"\n"):
            raise Silent
        fields = header[:-1].rsplit(b" ", 2)
        if len(fields) < 3 or not fields[2].isdigit():
            return Absent.MISSING
        size = int(fields[2])
        content = b"" if size > MAX_BYTES or fields[1] != b"blob" else stdout.read(size)
        _skip(stdout, size - len(content) + 1)
        if fields[1] != b"blob":
            return Absent.NO_FILE
        return Absent.TOO_LARGE if size > MAX_BYTES else content


def refusal(top: str, *, current: bool) -> str:
    """What to do about a git that gives no answer."""
    try:
        done = subprocess.run(
            command(top, "rev-parse", "--git-dir"),
            env={**environment(current=current, top=top), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_S,
            check=False,
        )
    except OSError:
        return "Is git installed, and on PATH?"
    except subprocess.TimeoutExpired:
        return "It did not answer within a minute: is a file in .git a pipe, or on a disk that is gone?"
    if b"dubious ownership" in done.stderr:
        return "The folder belongs to another user. If you trust it: git config --global --add safe.directory FOLDER"
    return "Run `git status` in its folder to see why."


def _started(top: str, words: tuple[str, ...], *, current: bool, stdin: int) -> subprocess.Popen[bytes]:
    guarded = environment(current=current, top=top)
    if _is_odd(guarded.get("GIT_INDEX_FILE") or os.path.join(top, ".git", "index")):
        raise Silent
    try:
        return subprocess.Popen(
            command(top, *words), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=guarded
        )
    except (OSError, ValueError):  # a NUL in a name
        raise Silent from None


def _is_odd(index: str) -> bool:
    """Whether git would wait for ever for its index: a FIFO, a device. What else may be one is waited for."""
    try:
        return not stat.S_ISREG(os.stat(index).st_mode)
    except OSError:
        return False


def _wait_for(stream: IO[bytes]) -> None:
    if hasattr(select, "poll"):  # Windows has none for pipes
        poll = select.poll()
        poll.register(stream, select.POLLIN | select.POLLHUP)
        if not poll.poll(PATIENCE_S * 1000):
            raise Silent


def _skip(stream: IO[bytes], count: int) -> None:
    while count > 0 and (chunk := stream.read(min(count, 1 << 20))):
        count -= len(chunk)


def object_name(prefix: bytes, path: str) -> bytes:
    """The name of the file `path` (relative to the top) in the index (`:0:`) or in a commit (`HEAD:`)."""
    return prefix + os.fsencode(path.replace(os.sep, "/"))
