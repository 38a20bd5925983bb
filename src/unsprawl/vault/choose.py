"""Which store to use: the one that the user named, else the first that works and opens without a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.vault import store_settings
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.keepassxc_store import KeePassXCStore
from unsprawl.vault.keyring_store import KeyringStore
from unsprawl.vault.onepassword_store import OnePasswordStore
from unsprawl.vault.pass_store import PassStore
from unsprawl.vault.secret_tool_store import SecretToolStore
from unsprawl.vault.store_facts import known
from unsprawl.vault.stores import Availability, Store

STORES: dict[str, Callable[[], Store]] = {
    KeyringStore.id: KeyringStore,
    SecretToolStore.id: SecretToolStore,
    PassStore.id: PassStore,
    KeePassXCStore.id: KeePassXCStore,
    OnePasswordStore.id: OnePasswordStore,
    AgeStore.id: AgeStore,
}
"""Every store, in order of preference."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A working store, and why it was taken (for people)."""

    store: Store
    reason: str
    named: bool = False
    """Whether the user named it: then no other one takes its place."""
    caution: str = ""
    """What the user must know of it."""


def choose(store_id: str = "") -> Choice:
    """The store `store_id`, else the one that the user prefers, else the first that works without a person.

    Raises StoreUnavailable, with all reasons, when that one or none works.
    """
    store_id = store_id or store_settings.preferred()
    if store_id:
        return _named(store_id)
    passed_over: list[str] = []
    for store in (make() for make in STORES.values()):
        if not known()[store.id].automatic:
            continue
        answer = store.probe()
        if automatic(store, answer):
            return Choice(store, "; ".join([*passed_over, f"{store.title}: {answer.reason}"]))
        passed_over.append(f"{store.title}: {answer.caution or answer.reason}")
    raise StoreUnavailable(f"no store works here ({'; '.join(passed_over)})")


def ready() -> list[tuple[Store, Availability]]:
    """Those that work now, in order of preference, with the answer of each; not those that only a name takes."""
    answers = ((store, store.probe()) for store in (make() for make in STORES.values()) if known()[store.id].automatic)
    return [(store, answer) for store, answer in answers if answer.works]


def automatic(store: Store, answer: Availability) -> bool:
    """Whether migrate may take this store by itself."""
    return known()[store.id].automatic and answer.works and not answer.caution


def store_named(store_id: str) -> Store:
    """The store with that id. Raises VaultError when there is none."""
    make = STORES.get(store_id)
    if make is None:
        raise VaultError(f"this version knows no store `{store_id[:40]}`", hint=f"Known: {', '.join(STORES)}.")
    return make()


def _named(store_id: str) -> Choice:
    store = store_named(store_id)
    answer = store.probe()
    if not answer.works:
        hint = answer.hint or "`unsprawl vault stores` shows which ones work here."
        raise StoreUnavailable(f"`{store.id}` does not work here: {answer.reason}", hint=hint)
    return Choice(store, f"{store.title}: {answer.reason}", named=True, caution=answer.caution)
