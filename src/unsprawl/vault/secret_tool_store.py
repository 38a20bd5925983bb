"""`secret-tool`: the items of the system's keyring through libsecret's own program."""

from __future__ import annotations

from unsprawl.scanner.errors import SecretMissing
from unsprawl.vault.keyring_store import SERVICE
from unsprawl.vault.program_store import ProgramStore, Settings
from unsprawl.vault.secret_service import bus_address, check_default_unlocked, check_item_unlocked
from unsprawl.vault.store_call import Answer
from unsprawl.vault.stores import StoreDown


class SecretToolStore(ProgramStore):
    """The program opens a window as soon as something is locked, and has no way to be told not to: we ask first."""

    id = "secret-tool"

    def _ready(self, settings: Settings, item: str | None) -> None:
        if item is None:
            check_default_unlocked()
        else:
            check_item_unlocked(SERVICE, item)

    def _more_environment(self, settings: Settings) -> Settings:
        return {"DBUS_SESSION_BUS_ADDRESS": bus_address()}

    def _done(self, answer: Answer, settings: Settings) -> Answer:
        if answer.code and not answer.said:
            raise SecretMissing("the value is gone from the keyring", hint="Store it again with `unsprawl vault set`.")
        return super()._done(answer, settings)

    def _failure(self, answer: Answer, settings: Settings) -> StoreDown:
        return self._locked("it asks for a password") if "locked" in answer.said else super()._failure(answer, settings)
