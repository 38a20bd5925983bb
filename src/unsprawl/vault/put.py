"""A new value under a variable of a record, of the same kind as before or of the other one."""

from __future__ import annotations

from dataclasses import replace as replaced

from unsprawl.scanner.errors import UsageError, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.oauth_item import alone, keep, newest, places_of
from unsprawl.vault.oauth_token import Credential, is_credential, to_text
from unsprawl.vault.record import Record
from unsprawl.vault.records import save
from unsprawl.vault.service import discard, replace, withdraw
from unsprawl.vault.stores import new_item_key

_WAIT_S = 45.0
"""Longer than one of us may be busy with renewing a token."""


def is_oauth(record: Record, variable: str) -> bool:
    """Whether the variable's value is the access token of an OAuth credential."""
    return any(name == variable for name, _ in record.oauth)


def put_text(record: Record, variable: str, secret: Secret) -> None:
    """Puts a plain value there. Raises VaultError; the old one is then still there."""
    if is_credential(secret):
        raise UsageError("this is the text of an OAuth credential as the store holds it, and no value for a server")
    if not is_oauth(record, variable):
        replace(record.store, dict(record.variables)[variable], secret)
        return
    places = places_of(record, variable)
    with alone(places, _WAIT_S):
        rest = tuple(pair for pair in record.oauth if pair[0] != variable)
        _both(record, variable, secret, rest)
        discard(places.store, places.spare)


def put_credential(record: Record, variable: str, credential: Credential) -> None:
    """Puts an OAuth credential there, newer than what was. Raises VaultError; the old one is then still there."""
    if not is_oauth(record, variable):
        _both(record, variable, to_text(credential), (*record.oauth, (variable, new_item_key())))
        return
    places = places_of(record, variable)
    with alone(places, _WAIT_S):
        try:
            generation = newest(places)[0].generation
        except VaultError:
            generation = 0  # damaged or gone: that is why it is put there again
        keep(places, replaced(credential, generation=generation + 1))


def _both(record: Record, variable: str, text: Secret, oauth: tuple[tuple[str, str], ...]) -> None:
    """The item and then its kind in the record; between the two, nobody is given either."""
    item = dict(record.variables)[variable]
    before = withdraw(record.store, item)
    replace(record.store, item, text)
    try:
        save(replaced(record, oauth=oauth))
    except VaultError:
        replace(record.store, item, before)
        raise
