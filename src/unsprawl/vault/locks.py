"""Locks between our own processes; the system lets go of them when a process ends, however it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.vault import places
from unsprawl.vault.files import private_folder

_PAUSE_S = 0.05


def opened(name: str) -> int:
    """A descriptor of the lock file of that name, for `take`. The caller closes it. Raises VaultError."""
    path = private_folder(places.state_dir()) / f"{name}.lock"
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise VaultError(f"{path}: {error.strerror or type(error).__name__}") from None


def take(descriptor: int) -> None:
    """Takes the lock. Raises OSError at once when another process has it."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held(name: str, wait_s: float) -> Iterator[None]:
    """Holds the lock for the block. Raises StoreUnavailable when another process does not let go of it in time."""
    descriptor = opened(name)
    try:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                take(descriptor)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise StoreUnavailable(
                        "another unsprawl is writing here right now", hint="Wait for it to finish."
                    ) from None
                time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(descriptor)
