"""Bytes of files on disk, read so that nothing odd can hang or surprise the reader."""

from __future__ import annotations

import errno
import os
import stat

from unsprawl.scanner.model import Problem

MAX_BYTES = 108 * 1024 * 1024
"""Above any real configuration: `~/.claude.json` grows to about 100 MB in long use. Reading a file takes up to four
times its size in memory, and no run may take more than 500 MB.
"""
VANISHED = "vanished"
"""The code of the problem that a file was removed since it was listed. For a scan that is none."""
_HINTS = {
    errno.ELOOP: "This link leads back to itself: point it to the file, or remove it.",
    errno.ENOENT: "This link leads to nothing: point it to the file, or remove it.",
}
"""What to do, where it is not a matter of rights."""


def read(path: str, most: int | None = None) -> bytes | Problem:
    """The content of a regular file of at most `most` bytes (MAX_BYTES), or why there is none.

    FIFOs, sockets and devices are never opened for reading.
    """
    most = MAX_BYTES if most is None else most
    try:
        before = os.stat(path)
        if stat.S_ISDIR(before.st_mode):
            hint = "No host can read it. Docker makes such a folder when it mounts a file that is not there."
            return Problem(path, "not-a-file", "a folder, where a file is expected", hint)
        if not stat.S_ISREG(before.st_mode):
            return Problem(path, "not-a-file", "not a regular file, left alone")
        if before.st_size > most:
            return Problem(
                path, "too-large", f"larger than {_size(most)}, not read", hint="No host keeps entries in it."
            )
        # O_NONBLOCK: should a FIFO take the file's place just now, opening it must not wait.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return Problem(path, "not-a-file", "not a regular file, left alone")
            # Asked for as much as may be, Python would first get the room for all of it.
            data = file.read(min(before.st_size, most) + 1)
            if len(data) > before.st_size:  # it grew
                data += file.read(most + 1 - len(data))
    except ValueError:  # a NUL, or a character that the system's encoding does not have
        return Problem(path, "unreadable", "cannot be read (no file can have such a name)")
    except OSError as error:
        if error.errno == errno.ENOENT and not os.path.lexists(path):
            return Problem(path, VANISHED, "is not there any more")
        return Problem(
            path,
            "unreadable",
            f"cannot be read ({error.strerror})",
            hint=_HINTS.get(error.errno or 0, "Check its owner and permissions."),
        )
    if len(data) > most:
        return Problem(path, "too-large", f"grew beyond {_size(most)} while it was read")
    return data


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count >> 20 else f"{count >> 10} KiB"
