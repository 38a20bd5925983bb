"""The keyed id that groups copies of one value in what leaves the process."""

from __future__ import annotations

from collections.abc import Callable

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.randomness import entropy
from unsprawl.scanner.secret import Secret
from unsprawl.vault.machine_key import machine_key

ENOUGH_BITS = 64
"""Below this a value can be found by trying, should the key ever leak."""


def identifier() -> Callable[[Secret], str | None]:
    """What gives the ids of one report: a value's under this machine's key, which is read once, at the first value.

    None for a value that could be guessed, or without a usable key.
    """
    keys: list[bytes | None] = []

    def identify(secret: Secret) -> str | None:
        text = secret.reveal()
        if entropy(text) * len(text) < ENOUGH_BITS:
            return None
        if not keys:
            keys.append(_usable_key())
        return None if keys[0] is None else secret.identity(keys[0])

    return identify


def _usable_key() -> bytes | None:
    try:
        return machine_key()
    except VaultError:
        return None
