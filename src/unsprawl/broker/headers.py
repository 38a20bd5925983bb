"""`unsprawl run --headers REF`: prints a record's headers as JSON, for a host that sends them to one server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from unsprawl.broker.fill import fill
from unsprawl.broker.values import values_of
from unsprawl.scanner.errors import Exit, StoreUnavailable, UnsprawlError, UsageError
from unsprawl.vault.binding import check_headers
from unsprawl.vault.record import Record
from unsprawl.vault.records import load

LIMIT_S = 8.0
"""Claude Code waits for ten seconds, and would log nothing of why it got no headers."""


def headers_of(record: Record, environ: Mapping[str, str]) -> dict[str, str]:
    """The headers with their secrets. `environ`: what the host tells of the server that it wants them for.

    Raises BindingRefused before any secret is read when that is another server, and what `values_of` raises.
    """
    check_headers(record, environ)
    values = {name: value.reveal() for name, value in values_of(record, os.environ).items()}
    return {name: fill([text], values)[0][0] for name, text in record.headers}


def print_headers(ref: str) -> int:
    """Prints them on stdout, all or nothing, unless a person would see them. Raises UnsprawlError."""
    import json

    if sys.stdout.isatty():
        raise UsageError("headers are for the host that asks for them, and not shown on a terminal")
    # Only a record of the user's own: where a host starts this says nothing about a project.
    with _bounded():
        text = json.dumps(headers_of(load(ref, os.path.abspath(os.sep)), os.environ)) + "\n"
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        raise UnsprawlError("the host did not wait for its headers") from None
    return Exit.CLEAN


@contextmanager
def _bounded() -> Iterator[None]:
    """Raises StoreUnavailable in the block after LIMIT_S, where the system can: a store may be waiting in a window."""
    import signal

    if not hasattr(signal, "setitimer"):
        yield
        return

    def late(number: int, frame: object) -> None:
        raise StoreUnavailable(f"the store did not answer within {LIMIT_S:.0f} s", hint="Is it locked? Unlock it.")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
