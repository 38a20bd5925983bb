"""Put a secret away and get it back: the only calls that migration, undo and the broker need."""

from __future__ import annotations

from dataclasses import dataclass

from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.stores import Store, new_item_key


@dataclass(frozen=True, slots=True)
class Deposit:
    """Where a secret was put; both texts belong into a record."""

    item: str
    store: str
    reason: str = ""
    """Why that store, for people; also when another one was tried first."""


def deposit(secret: Secret, store: Store | None = None, item: str | None = None) -> Deposit:
    """Stores `secret` under a new random key, or under `item`, reads it back and compares.

    Without `store` the best working one is taken, and the file vault when the keyring refuses this value (too large,
    for example), unless the user named the store. Raises VaultError; the caller must then keep its own copy.
    """
    if store is not None:
        return Deposit(_put_and_compare(secret, store, item), store.id)
    from unsprawl.vault.age_store import AgeStore
    from unsprawl.vault.choose import choose

    choice = choose()
    try:
        return Deposit(_put_and_compare(secret, choice.store, item), choice.store.id, choice.reason)
    except StoreUnavailable as error:
        if choice.named or choice.store.id == AgeStore.id:
            raise
        fallback = AgeStore()
        return Deposit(_put_and_compare(secret, fallback, item), fallback.id, f"{choice.store.title}: {error.message}")


def withdraw(store_id: str, item: str) -> Secret:
    """The secret under `item`. Raises SecretMissing, StoreUnavailable or VaultError."""
    return named(store_id).get(item)


def replace(store_id: str, item: str, secret: Secret) -> None:
    """Puts another text under a key that exists (after a rotation), reads it back and compares.

    When that fails, the old text is put back before VaultError is raised.
    """
    store = named(store_id)
    before = store.get(item)
    try:
        store.put(item, secret)
        _compare(store, item, secret)
    except VaultError:
        store.put(item, before)
        raise


def discard(store_id: str, item: str) -> bool:
    """Forgets the secret under `item`; False when it was gone already."""
    return named(store_id).delete(item)


def named(store_id: str) -> Store:
    """The store of that id. Raises VaultError when there is none."""
    from unsprawl.vault.age_store import AgeStore

    if store_id == AgeStore.id:  # the start of every server: leave the keyring's modules alone
        return AgeStore()
    from unsprawl.vault.choose import store_named

    return store_named(store_id)


def _put_and_compare(secret: Secret, store: Store, item: str | None) -> str:
    item = item or new_item_key()
    store.put(item, secret)
    try:
        _compare(store, item, secret)
    except VaultError:
        store.delete(item)
        raise
    return item


def _compare(store: Store, item: str, secret: Secret) -> None:
    if store.get(item) != secret:
        raise StoreUnavailable(f"{store.title} gave back another value than it was given")
