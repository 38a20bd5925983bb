"""One random key a machine: for keyed names and digests that mean nothing elsewhere."""

from __future__ import annotations

from pathlib import Path

from unsprawl.vault import places
from unsprawl.vault.key_file import create_key, digest, read_key

__all__ = ["digest", "machine_key", "path"]
_HINT = "Restore it from a backup, or delete it and allow each server again with `unsprawl vault allow`."


def path() -> Path:
    """Where the key lies."""
    return places.config_dir() / "machine.key"


def machine_key() -> bytes:
    """The key; made at the first call. Raises VaultError when the file is damaged or open to others."""
    place = path()
    try:
        return read_key(place, _HINT)
    except FileNotFoundError:
        create_key(place)
        return read_key(place, _HINT)  # not what we wrote: another process may have been first
