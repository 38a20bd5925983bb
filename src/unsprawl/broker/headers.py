"""`unsprawl run --headers REF`: prints a record's headers as JSON, for a host that sends them to one server."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from unsprawl.broker.fill import fill
from unsprawl.scanner.errors import Exit, UnsprawlError, UsageError
from unsprawl.vault.binding import check_headers
from unsprawl.vault.record import Record
from unsprawl.vault.records import load
from unsprawl.vault.service import withdraw


def headers_of(record: Record, environ: Mapping[str, str]) -> dict[str, str]:
    """The headers with their secrets. `environ`: what the host tells of the server that it wants them for.

    Raises BindingRefused before any secret is read when that is another server, and what `withdraw` raises.
    """
    check_headers(record, environ)
    values = {name: withdraw(record.store, item).reveal() for name, item in record.variables}
    return {name: fill([text], values)[0][0] for name, text in record.headers}


def print_headers(ref: str) -> int:
    """Prints them on stdout, all or nothing, unless a person would see them. Raises UnsprawlError."""
    import json

    if sys.stdout.isatty():
        raise UsageError("headers are for the host that asks for them, and not shown on a terminal")
    # Only a record of the user's own: where a host starts this says nothing about a project.
    text = json.dumps(headers_of(load(ref, os.path.abspath(os.sep)), os.environ)) + "\n"
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        raise UnsprawlError("the host did not wait for its headers") from None
    return Exit.CLEAN
