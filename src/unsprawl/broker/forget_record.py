"""A record and all that was kept for it, forgotten."""

from __future__ import annotations

from unsprawl.broker import oauth_waits
from unsprawl.vault.oauth_item import forget, places_of
from unsprawl.vault.put import is_oauth
from unsprawl.vault.records import Record, delete
from unsprawl.vault.service import discard


def forget_record(record: Record) -> None:
    """Forget the record and its values. Raises VaultError where a store does not answer; then the record stays."""
    for name, item in record.variables:
        if is_oauth(record, name):
            forget(places_of(record, name))
        else:
            discard(record.store, item)
        oauth_waits.clear(item)
    delete(record)
