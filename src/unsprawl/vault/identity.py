"""The keyed id that groups copies of one value in what leaves the process."""

from __future__ import annotations

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.randomness import entropy
from unsprawl.scanner.secret import Secret
from unsprawl.vault.machine_key import machine_key

ENOUGH_BITS = 64
"""Below this a value can be found by trying, should the key ever leak."""


def identify(secret: Secret) -> str | None:
    """The value's id under this machine's key, or None for a value that could be guessed, or without a usable key."""
    text = secret.reveal()
    if entropy(text) * len(text) < ENOUGH_BITS:
        return None
    try:
        return secret.identity(machine_key())
    except VaultError:
        return None
