"""One random key a machine: for keyed names and digests that mean nothing elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from unsprawl.scanner.errors import VaultError
from unsprawl.vault import places
from unsprawl.vault.files import create_private, private_folder, read_private

SIZE = 32


def path() -> Path:
    """Where the key lies."""
    return places.config_dir() / "machine.key"


def machine_key() -> bytes:
    """The key; made at the first call. Raises VaultError when the file is damaged or open to others."""
    place = path()
    try:
        key = read_private(place)
    except FileNotFoundError:
        private_folder(place.parent)
        create_private(place, os.urandom(SIZE))
        key = read_private(place)  # not what we wrote: another process may have been first
    if len(key) != SIZE:
        raise VaultError(
            f"{place} is damaged: it has {len(key)} bytes, not {SIZE}",
            hint="Restore it from a backup, or delete it and allow each server again with `unsprawl vault allow`.",
        )
    return key


def digest(key: bytes, *parts: str) -> str:
    """A keyed name (20 hex digits) for some texts: equal texts, equal names; useless without the key."""
    from hashlib import blake2b

    joined = b"".join(len(raw).to_bytes(8, "big") + raw for raw in (p.encode("utf-8", "surrogatepass") for p in parts))
    return blake2b(joined, key=key[:64], digest_size=10).hexdigest()
