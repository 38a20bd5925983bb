"""Whose certificates are believed: the system's authorities, and those that the user added for the way out."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.surroundings import Surroundings


def certificates(around: Surroundings) -> Callable[[], ssl.SSLContext]:
    """What loads them, once that matters. Raises VaultError, now or then, for a file that cannot be read."""
    from unsprawl.broker.wire.extra_ca import extra_ca
    from unsprawl.broker.wire.roots import trusted_roots

    added = extra_ca(around.environ, ())

    def load() -> ssl.SSLContext:
        try:
            return trusted_roots(added)
        except (OSError, ValueError):
            raise VaultError("the extra certificates of UNSPRAWL_EXTRA_CA or `extra_ca` cannot be read") from None

    return load
