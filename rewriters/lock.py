"""One migration or undo at a time: two at once could each take the other for a crashed run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from unsprawl.scanner.errors import NotApplied
from unsprawl.vault import places
from unsprawl.vault.files import private_folder


@contextmanager
def exclusive() -> Iterator[None]:
    """Hold the lock for the block. The system lets go of it when the process ends, however it ends.

    Raises NotApplied when another process holds it.
    """
    path = private_folder(places.state_dir()) / "migrate.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise NotApplied(f"{path}: {error.strerror}", hint="Nothing was changed.") from None
    try:
        try:
            _take(descriptor)
        except OSError:
            raise NotApplied("another unsprawl is changing files right now", hint="Wait for it to finish.") from None
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
