"""What goes before every connection: where it leads is said, and whose certificates are believed is known."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.surroundings import Surroundings


def announce(origin: str) -> None:
    """Say on stderr where a connection goes."""
    print(f"connecting to {one_line(REDACTOR.clean(origin))}", file=sys.stderr)


def certificates(around: Surroundings) -> Callable[[], ssl.SSLContext]:
    """Whose certificates are believed: the system's authorities, and those that the user added for the way out."""
    from unsprawl.broker.wire.extra_ca import extra_ca
    from unsprawl.broker.wire.roots import trusted_roots

    added = extra_ca(around.environ, ())

    def load() -> ssl.SSLContext:
        try:
            return trusted_roots(added)
        except (OSError, ValueError):
            raise VaultError("the extra certificates of UNSPRAWL_EXTRA_CA or `extra_ca` cannot be read") from None

    return load
