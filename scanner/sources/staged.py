"""Files as they are staged: the blobs in git's index, which is what a commit will hold."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO

from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources.git import command, environment
from unsprawl.scanner.sources.worktree import MAX_BYTES


def staged(top: str, paths: Sequence[str], *, current: bool = True) -> Iterator[bytes | Problem | None]:
    """The staged content of each path below the work tree `top`: None where the index does not have the file, a
    Problem where git does not tell. `current`: it is the repository that git started us for, if it did.
    """
    guarded = environment(current=current)
    if _is_odd(guarded.get("GIT_INDEX_FILE") or os.path.join(top, ".git", "index")):
        yield from (_silent(path) for path in paths)
        return
    try:
        process = subprocess.Popen(
            command(top, "cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=guarded,
        )
    except OSError:
        yield from (_silent(path) for path in paths)
        return
    with process:
        try:
            for path in paths:
                name = os.fsencode(":./" + os.path.relpath(path, top).replace(os.sep, "/"))
                if b"\n" in name:  # one name a line is what the batch reads
                    yield _single(command(top, "cat-file", "blob", os.fsdecode(name)), guarded)
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


def _single(words: list[str], guarded: dict[str, str]) -> bytes | None:
    process = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=guarded, check=False)
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
    return _single(command(top, "cat-file", "-e", name), environment(current=True)) is not None
