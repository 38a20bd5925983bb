"""The private folder of one run, for the certificates that the server is told to trust. It holds no secret.

It is locked while the run lasts: whoever is killed cannot clean up, and the next start removes what nobody holds.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from unsprawl.vault import places
from unsprawl.vault.files import private_folder
from unsprawl.vault.locks import take

_YOUNG_S = 60.0
"""Between its making and its locking a folder is left alone."""


class RunFolder:
    """Made with `make`; gone with `close`."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def make(cls) -> RunFolder:
        """A new folder (0700). Raises VaultError or OSError."""
        above = private_folder(private_folder(places.state_dir()) / "wire")
        _sweep(above)
        path = above / f"{os.getpid()}-{os.urandom(6).hex()}"
        path.mkdir(mode=0o700)
        lock = os.open(path, os.O_RDONLY)
        take(lock)
        return cls(path, lock)

    def write(self, name: str, content: bytes) -> str:
        """A new file (0600) in it; answers its path."""
        path = self.path / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return str(path)

    def close(self) -> None:
        """Remove it."""
        remove(str(self.path))
        os.close(self._lock)


def remove(path: str) -> None:
    """Removes the folder and the files in it: there is nothing below."""
    with suppress(OSError):
        for name in os.listdir(path):
            with suppress(OSError):
                os.unlink(os.path.join(path, name))
        os.rmdir(path)


def _sweep(above: Path) -> None:
    for name in os.listdir(above):
        path = above / name
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime < _YOUNG_S:
                continue
            held = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                take(held)
                remove(str(path))
            finally:
                os.close(held)
