"""Where an OAuth credential is kept: two places, so that a kill at any moment leaves a whole one.

A store may write in place. So the newer text goes to the spare place first and is read back, then to the main one, and
only then the spare one is emptied. Who only reads looks at the main one alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.locks import held
from unsprawl.vault.oauth_token import Credential, from_text, to_text
from unsprawl.vault.record import Record
from unsprawl.vault.service import deposit, discard, named, withdraw


@dataclass(frozen=True, slots=True)
class Places:
    """The store and the two item keys of one credential."""

    store: str
    item: str
    spare: str


def places_of(record: Record, variable: str) -> Places:
    """Where that variable of `record` is kept."""
    return Places(record.store, dict(record.variables)[variable], dict(record.oauth)[variable])


def alone(places: Places, wait_s: float) -> AbstractContextManager[None]:
    """Held by who changes the credential, of all processes. Raises StoreUnavailable when another one keeps it."""
    return held(f"oauth-{places.item}", wait_s)


def stored(places: Places) -> Credential:
    """What is in the main place: whole and current, but for the moments of a change. Raises VaultError."""
    return from_text(withdraw(places.store, places.item))


def newest(places: Places) -> tuple[Credential, bool]:
    """The newest whole one, also of a change that was cut short, and whether it is in the main place.

    Only for who is `alone`. Raises VaultError.
    """
    found: list[tuple[Credential, bool]] = []
    problems: list[VaultError] = []
    for store, item in _everywhere(places):
        if store != places.store and not found and any(isinstance(error, StoreUnavailable) for error in problems):
            break  # locked, perhaps: what lies elsewhere may be older
        try:
            found.append((from_text(withdraw(store, item)), item == places.item))
        except VaultError as error:
            problems.append(error)
    if not found:
        raise problems[0]
    return max(found, key=lambda each: each[0].generation)  # of two that are alike the first: the main one


def keep(places: Places, credential: Credential) -> None:
    """Keeps `credential` in place of the one before. Only for who is `alone`.

    Raises VaultError when it is in no place. It is enough that it is in one: where the store takes no larger text, or
    is just being locked, it is in the file vault until the next time.
    """
    text = to_text(credential)
    spare = _put_first(places, text)
    try:
        deposit(text, named(places.store), places.item)
    except VaultError:
        return  # `newest` finds the spare one
    with suppress(VaultError):
        discard(spare, places.spare)
        if spare == places.store != AgeStore.id:
            AgeStore().delete(places.spare)


def secrets_of(record: Record) -> Iterator[Secret]:
    """All that must not be shown of what `record` holds. Raises VaultError."""
    for name, item in record.variables:
        if any(name == variable for variable, _ in record.oauth):
            yield from stored(places_of(record, name)).secrets()
        else:
            yield withdraw(record.store, item)


def forget(places: Places) -> None:
    """Discards both places, for a record that is removed. Raises what the store raises."""
    with alone(places, 5.0):
        for store, item in _everywhere(places):
            discard(store, item)


def _put_first(places: Places, text: Secret) -> str:
    """Puts it into the spare place, and returns the id of the store that took it."""
    try:
        return deposit(text, named(places.store), places.spare).store
    except StoreUnavailable:
        if places.store == AgeStore.id:
            raise
        return deposit(text, AgeStore(), places.spare).store


def _everywhere(places: Places) -> list[tuple[str, str]]:
    at = [(places.store, places.item), (places.store, places.spare)]
    return at if places.store == AgeStore.id else [*at, (AgeStore.id, places.spare)]
