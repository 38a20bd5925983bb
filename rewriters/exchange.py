"""Put a file in another's place while a program may be writing that other one, and lose neither.

Between looking at a file and renaming another over it there is always a moment in which its program can write. So the
two are exchanged in one step, and what came out is looked at: was it not what we knew, it is put back.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache

from unsprawl.scanner.errors import NotApplied

_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS."""
_HERE = -100
"""AT_FDCWD of Linux."""
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})
_WRITER_TAKES_S = 2.0
_ROUNDS = 20


class Unsettled(NotApplied):
    """It is not known which content stands: what was taken out lies beside the file, for `recover`."""


def exchange(one: str, other: str) -> bool:
    """Let two files exchange their names in one step; False where the system cannot. Raises OSError."""
    call = _call()
    if call is None:
        return False
    code = call(os.fsencode(one), os.fsencode(other))
    if code in _CANNOT:
        return False
    if code:
        raise OSError(code, os.strerror(code), one)
    return True


@cache
def _call() -> Callable[[bytes, bytes], int] | None:
    """The system's own call; it answers an error number, or 0."""
    if sys.platform not in ("linux", "darwin"):
        return None
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    known = getattr(libc, "renameat2" if sys.platform == "linux" else "renamex_np", None)
    if known is None:
        return None

    def call(one: bytes, other: bytes) -> int:
        words = (_HERE, one, _HERE, other) if sys.platform == "linux" else (one, other)
        return ctypes.get_errno() if known(*words, _EXCHANGE) else 0

    return call


def put_in_place(new: str, real: str, before: bytes, after: bytes) -> bool | None:
    """Exchange `new`, which holds `after`, with `real`; the file at `new` is gone afterwards.

    True when `real` held `before`. False when it did not: then it has its newest content back. None when the system
    cannot exchange files, and nothing was done. Raises Unsettled, and OSError when nothing was done.
    """
    if not exchange(new, real):
        return None
    placed: bytes | None = after
    try:
        out = content_at_rest(new)
        if out == before:
            os.unlink(new)
            return True
        for _ in range(_ROUNDS):
            _give_back(new, real)
            back = content_at_rest(new) if os.path.lexists(new) else placed
            if back == placed:  # nobody wrote in between; else that is newer still
                with suppress(FileNotFoundError):
                    os.unlink(new)
                return False
            placed, out = out, back
    except OSError as error:
        raise Unsettled(f"{real}: {error.strerror}") from None
    raise Unsettled(f"{real} is written all the time")


def _give_back(new: str, real: str) -> None:
    try:
        exchange(new, real)
    except FileNotFoundError:  # its program deletes it before it writes it again
        os.link(new, real)
        os.unlink(new)


def content_at_rest(path: str) -> bytes | None:
    """The content of a file once no program has it open for writing; None when one does not let go of it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        end = time.monotonic() + _WRITER_TAKES_S
        while _is_written(descriptor):
            if time.monotonic() > end:
                return None
            time.sleep(0.001)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read()
    finally:
        os.close(descriptor)


def _is_written(descriptor: int) -> bool:
    """Whether a program has the file open for writing, as far as the system tells: Linux gives no lease on it then."""
    if sys.platform != "linux":
        return False
    import fcntl
    import signal

    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)  # whoever opens it in this moment; SIGIO would end us
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False
