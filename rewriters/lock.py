"""One migration or undo at a time: two at once could each take the other for a crashed run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from unsprawl.scanner.errors import NotApplied, VaultError
from unsprawl.vault.locks import opened, take


@contextmanager
def exclusive() -> Iterator[None]:
    """Hold the lock for the block. The system lets go of it when the process ends, however it ends.

    Raises NotApplied when another process holds it.
    """
    try:
        descriptor = opened("migrate")
    except VaultError as error:
        raise NotApplied(f"no lock can be made: {error.message}", hint="Nothing was changed.") from None
    try:
        try:
            take(descriptor)
        except OSError:
            raise NotApplied("another unsprawl is changing files right now", hint="Wait for it to finish.") from None
        yield
    finally:
        os.close(descriptor)
