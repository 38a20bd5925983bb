"""Closes this process to the others of the same user: the wire proxy holds values that the server must not read.

Linux: a process that is not dumpable gives nobody without CAP_SYS_PTRACE its memory, environment or descriptors, and
leaves no core. Elsewhere only the core is turned off. On macOS another program of the user cannot read a process
without a debugger's entitlement or root, and nothing here was run there.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Any

from unsprawl.scanner.errors import UnsprawlError

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
LINUX = sys.platform == "linux"


def close_to_others() -> None:
    """For the whole life of this process; what it starts is as open as ever, since the system resets it at exec."""
    if LINUX and not _prctl(_PR_SET_DUMPABLE, 0):
        raise UnsprawlError("this process cannot be closed to other programs, so it will not hold secrets")


def leave_no_core() -> None:
    """Only once the server is a process of its own: it would inherit the limit."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def die_with(parent: int, number: int) -> bool:
    """In a child: the system sends it the signal `number` when `parent` ends, also through exec. False: it cannot.

    What ends between the fork and this call is told too: the child then has another parent already.
    """
    if not LINUX or not _prctl(_PR_SET_PDEATHSIG, number):
        return False
    if os.getppid() != parent:
        os._exit(1)
    return True


def prepare() -> None:
    """Loads what `die_with` needs, before the fork."""
    if LINUX:
        _libc()


def _prctl(option: int, value: int) -> bool:
    return bool(_libc().prctl(option, value, 0, 0, 0) == 0)


@cache
def _libc() -> Any:
    import ctypes

    library = ctypes.CDLL(None)
    library.prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    return library
