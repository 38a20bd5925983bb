"""Which store to use: the system's keyring when it really works, else the file vault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.keyring_store import KeyringStore
from unsprawl.vault.stores import Store

STORES: dict[str, Callable[[], Store]] = {KeyringStore.id: KeyringStore, AgeStore.id: AgeStore}
"""Every store, in order of preference."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A working store, and why it was taken (for people)."""

    store: Store
    reason: str


def choose() -> Choice:
    """The first store that passes its probe. Raises StoreUnavailable, with all reasons, when none does."""
    passed_over: list[str] = []
    for make in STORES.values():
        store = make()
        answer = store.probe()
        if answer.works:
            return Choice(store, "; ".join([*passed_over, f"{store.title}: {answer.reason}"]))
        passed_over.append(f"{store.title}: {answer.reason}")
    raise StoreUnavailable(f"no store works here ({'; '.join(passed_over)})")


def store_named(store_id: str) -> Store:
    """The store with that id. Raises VaultError when there is none."""
    make = STORES.get(store_id)
    if make is None:
        raise VaultError(f"this version knows no store `{store_id[:40]}`", hint=f"Known: {', '.join(STORES)}.")
    return make()
