from __future__ import annotations

import pytest

from unsprawl.scanner.errors import SecretMissing, StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import choose, desktop_keyrings, keyring_store, service
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.keyring_store import KeyringStore
from unsprawl.vault.store_facts import known
from unsprawl.vault.stores import State, StoreDown

CANARY = "-".join(["synthetic", "canary", "0002"])


class FakeKeyring:
    """A keyring in memory. `largest` is its limit; `mangle` changes what it gives back."""

    def __init__(self, largest: int = 0, mangle: bool = False, locked: bool = False) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.largest, self.mangle, self.locked = largest, mangle, locked

    def get(self, name: str, username: str) -> str:
        if (name, username) not in self.items:
            raise SecretMissing("gone")
        value = self.items[name, username]
        return value.strip() if self.mangle else value

    def set(self, name: str, username: str, text: str) -> None:
        if self.locked:
            raise StoreDown("the keyring is locked", State.LOCKED)
        if self.largest and len(text) > self.largest:
            raise StoreUnavailable("the value is larger than this keyring takes")
        self.items[name, username] = text

    def delete(self, name: str, username: str) -> bool:
        return self.items.pop((name, username), None) is not None


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    fake = FakeKeyring()
    monkeypatch.setattr(keyring_store, "system_backend", lambda: fake)
    return fake


def test_keyring_comes_first_and_gives_it_back(system: FakeKeyring) -> None:
    deposit = service.deposit(Secret(CANARY + "\n"))
    assert deposit.store == "keyring"
    assert list(system.items) == [("unsprawl", deposit.item)]
    assert service.withdraw(deposit.store, deposit.item) == Secret(CANARY + "\n")
    assert service.discard(deposit.store, deposit.item)
    assert not service.discard(deposit.store, deposit.item)


def test_locked_keyring_means_the_file_vault_and_says_why(system: FakeKeyring) -> None:
    system.locked = True
    deposit = service.deposit(Secret(CANARY))
    assert deposit.store == "age-file"
    assert "locked" in deposit.reason
    assert KeyringStore().probe().state is State.LOCKED


def test_too_large_for_the_keyring_means_the_file_vault(system: FakeKeyring) -> None:
    system.largest = 100
    assert service.deposit(Secret("x" * 99)).store == "keyring"
    deposit = service.deposit(Secret("x" * 101))
    assert deposit.store == "age-file"
    assert "larger" in deposit.reason


def test_what_comes_back_changed_is_not_left_behind(system: FakeKeyring) -> None:
    system.mangle = True
    with pytest.raises(StoreUnavailable, match="another value") as caught:
        service.deposit(Secret(CANARY + "\n"), KeyringStore())
    assert CANARY not in caught.value.message
    assert system.items == {}


def test_no_store_at_all(system: FakeKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    system.locked = True
    monkeypatch.setattr(AgeStore, "put", lambda *_: (_ for _ in ()).throw(VaultError("the disk is full")))
    with pytest.raises(StoreUnavailable, match=r"locked.*the disk is full"):
        service.deposit(Secret(CANARY))


def test_replace_keeps_the_old_text_when_it_fails(system: FakeKeyring) -> None:
    deposit = service.deposit(Secret("old"))
    service.replace(deposit.store, deposit.item, Secret("new"))
    assert service.withdraw(deposit.store, deposit.item) == Secret("new")
    system.largest = 3
    with pytest.raises(VaultError):
        service.replace(deposit.store, deposit.item, Secret("longer"))
    assert service.withdraw(deposit.store, deposit.item) == Secret("new")


def test_unknown_store_is_named() -> None:
    with pytest.raises(VaultError, match="no store"):
        service.withdraw("cloud", "a" * 26)


def test_registry_names_each_store_by_its_id() -> None:
    assert [(name, make().id) for name, make in choose.STORES.items()] == [(name, name) for name in known()]


class SlowPackage:
    """An object of the `keyring` package that opened a window nobody answers."""

    def get_password(self, *_: str) -> None:
        import threading

        threading.Event().wait(3)


def test_a_window_nobody_answers_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop_keyrings, "_TIMEOUT_S", 0.1)
    with pytest.raises(StoreDown, match="did not answer") as caught:
        desktop_keyrings.KeyringPackageBackend(SlowPackage()).get("unsprawl", "x")
    assert caught.value.state is State.LOCKED


class MemoryPackage(dict[tuple[str, str], str]):
    def get_password(self, name: str, username: str) -> str | None:
        return self.get((name, username))

    def set_password(self, name: str, username: str, text: str) -> None:
        self[name, username] = text

    def delete_password(self, name: str, username: str) -> None:
        del self[name, username]


def test_windows_limit_is_said_before_it_is_hit() -> None:
    backend = desktop_keyrings.KeyringPackageBackend(MemoryPackage(), 2560)
    backend.set("unsprawl", "a", "x" * 1280)
    assert backend.get("unsprawl", "a") == "x" * 1280
    assert backend.delete("unsprawl", "a")
    assert not backend.delete("unsprawl", "a")
    with pytest.raises(SecretMissing):
        backend.get("unsprawl", "a")
    with pytest.raises(StoreUnavailable, match="larger"):
        backend.set("unsprawl", "a", "x" * 1281)
