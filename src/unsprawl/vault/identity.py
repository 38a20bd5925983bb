"""The keyed id that groups copies of one value in what leaves the process."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.randomness import entropy
from unsprawl.scanner.secret import Secret
from unsprawl.vault.machine_key import machine_key

ENOUGH_BITS = 64
"""Below this a value can be found by trying, should the key ever leak."""


def identifier(read: Callable[[], bytes] = machine_key) -> Callable[[Secret], str | None]:
    """What answers a value's id under this machine's key, or None for a value that could be guessed, or without a
    usable key. The key is read, or made, at the first value that needs it.

    `read`: gives another key than the machine's; raises VaultError where it cannot.
    """

    @cache
    def key() -> bytes | None:
        try:
            return read()
        except VaultError:
            return None

    @lru_cache(4096)  # asked for at each place of a value, and once more for all of them
    def identify(secret: Secret) -> str | None:
        text = secret.reveal()
        if entropy(text) * len(text) < ENOUGH_BITS:
            return None
        known = key()
        return None if known is None else secret.identity(known)

    return identify
