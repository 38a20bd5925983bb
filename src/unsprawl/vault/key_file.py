"""Keys of our own, one a file: 32 random bytes, for keyed names and digests that mean nothing without them."""

from __future__ import annotations

import os
from pathlib import Path

from unsprawl.scanner.errors import VaultError
from unsprawl.vault.files import create_private, private_folder, read_private

SIZE = 32


def read_key(place: Path, hint: str) -> bytes:
    """The key in a file. Raises FileNotFoundError, VaultError (with `hint`) when it is damaged or open to others."""
    key = read_private(place)
    if len(key) != SIZE:
        raise VaultError(f"{place} is damaged: it has {len(key)} bytes, not {SIZE}", hint=hint)
    return key


def create_key(place: Path, key: bytes | None = None) -> bool:
    """Put a new key there, or this one; False where there is a file already. Raises VaultError."""
    private_folder(place.parent)
    return create_private(place, os.urandom(SIZE) if key is None else key)


def digest(key: bytes, *parts: str) -> str:
    """A keyed name (20 hex digits) for some texts: equal texts, equal names; useless without the key."""
    from hashlib import blake2b

    joined = b"".join(len(raw).to_bytes(8, "big") + raw for raw in (p.encode("utf-8", "surrogatepass") for p in parts))
    return blake2b(joined, key=key[:64], digest_size=10).hexdigest()
