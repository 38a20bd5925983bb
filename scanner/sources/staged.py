"""Files as they are staged: the blobs in git's index, which is what a commit will hold."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO

from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources.worktree import MAX_BYTES

GUARDED_ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a replacement is shown here, but the commit holds the original
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "",
    "GIT_EXTERNAL_DIFF": "",
    "GIT_ASKPASS": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_ALLOW_PROTOCOL": "none",
}
GUARDED_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never")
"""A scanned repository's own configuration must start nothing and fetch nothing."""
_OF_THE_CALLER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
"""Set by a git that runs us as its hook. They speak of the repository that is being committed, relative to its top."""


def staged(top: str, paths: Sequence[str], *, current: bool = True) -> Iterator[bytes | Problem | None]:
    """The staged content of each path below the work tree `top`: None where the index does not have the file, a
    Problem where git does not tell. `current`: it is the repository that git started us for, if it did.
    """
    command = ["git", "-C", top, *GUARDED_OPTIONS, "cat-file"]
    environment = _environment(current=current)
    if _is_odd(environment.get("GIT_INDEX_FILE") or os.path.join(top, ".git", "index")):
        yield from (_silent(path) for path in paths)
        return
    try:
        process = subprocess.Popen(
            [*command, "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    except OSError:
        yield from (_silent(path) for path in paths)
        return
    with process:
        try:
            for path in paths:
                name = os.fsencode(":./" + os.path.relpath(path, top).replace(os.sep, "/"))
                if b"\n" in name:  # one name a line is what the batch reads
                    yield _single([*command, "blob", os.fsdecode(name)], environment)
                else:
                    yield _asked(process, name, path)
        finally:
            _close(process)


def _is_odd(index: str) -> bool:
    """Whether git would wait for ever for its index: a FIFO, a device."""
    try:
        return not stat.S_ISREG(os.stat(index).st_mode)
    except OSError:
        return False


def _environment(*, current: bool) -> dict[str, str]:
    environment = {**os.environ, **GUARDED_ENVIRONMENT}
    for name in _OF_THE_CALLER:
        if name in environment and current:
            environment[name] = os.path.abspath(environment[name])
        else:
            environment.pop(name, None)
    return environment


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with suppress(OSError):  # git may have ended before it had read the last name
        process.stdin.close()


def _asked(process: subprocess.Popen[bytes], name: bytes, path: str) -> bytes | Problem | None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(name + b"\n")
        process.stdin.flush()
        header = process.stdout.readline()
    except OSError:
        header = b""
    fields = header.rsplit(b" ", 2)
    if not header.endswith(b"\n"):
        return _silent(path)
    if len(fields) < 3 or fields[1] != b"blob" or not fields[2].strip().isdigit():
        return None
    size = int(fields[2])
    content = process.stdout.read(min(size, MAX_BYTES))
    _skip(process.stdout, size - len(content) + 1)
    if size > MAX_BYTES:
        return Problem(path, "too-large", f"larger than {MAX_BYTES >> 20} MiB, not read")
    return content


def _skip(stream: IO[bytes], count: int) -> None:
    while count > 0 and (chunk := stream.read(min(count, 1 << 20))):
        count -= len(chunk)


def _single(command: list[str], environment: dict[str, str]) -> bytes | None:
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, check=False)
    return process.stdout if process.returncode == 0 else None


def _silent(path: str) -> Problem:
    return Problem(
        path,
        "not-staged",
        "git did not tell what is staged; the file on disk was checked instead",
        hint="Run `git status` in its folder to see why.",
    )


def committed(top: str, path: str) -> bool:
    """Whether the newest commit of the work tree `top` holds the file: one that is gone since then was deleted."""
    name = "HEAD:./" + os.path.relpath(path, top).replace(os.sep, "/")
    return _single(["git", "-C", top, *GUARDED_OPTIONS, "cat-file", "-e", name], _environment(current=True)) is not None
