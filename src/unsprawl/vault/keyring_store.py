"""The system's keyring: Secret Service, macOS Keychain or Windows Credential Manager, named explicitly.

Never `keyring.get_keyring()`: its choice ("chainer") silently takes in plain-text backends of `keyrings.alt`, and
under a host's stripped environment it answered None for a stored value, without an error.
"""

from __future__ import annotations

import sys
from typing import Protocol

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.stores import Availability, State, StoreDown, check_item_key, round_trip, storable

SERVICE = "unsprawl"


class Backend(Protocol):
    """What one system's keyring does; service and username are its words."""

    def get(self, service: str, username: str) -> str:
        """The stored text, or SecretMissing."""

    def set(self, service: str, username: str, text: str) -> None:
        """Stores `text`."""

    def delete(self, service: str, username: str) -> bool:
        """Deletes it; False when there was none."""


class KeyringStore:
    """Items in the login keyring of this user."""

    id = "keyring"
    title = "system keyring"

    def __init__(self, backend: Backend | None = None) -> None:
        """`backend` is for tests; by default it is the one of this system, found at first use."""
        self._given = backend

    @property
    def _backend(self) -> Backend:
        return self._given or system_backend()

    def probe(self) -> Availability:
        """Stores, reads and deletes a worthless value. Never prompts on Linux; bounded everywhere."""
        try:
            same = round_trip(self)
        except VaultError as error:
            state = error.state if isinstance(error, StoreDown) else State.MISSING
            return Availability(state, error.message, hint=error.hint)
        if not same:
            return Availability(State.MISSING, "a stored value came back changed")
        return Availability(State.WORKS, "a test value was stored, read and deleted")

    def put(self, item: str, secret: Secret) -> None:
        """Keeps `secret` under `item`. Raises StoreUnavailable, also for values that this keyring cannot hold."""
        storable(secret)
        self._backend.set(SERVICE, check_item_key(item), secret.reveal())

    def get(self, item: str) -> Secret:
        """The text under `item`."""
        return Secret(self._backend.get(SERVICE, check_item_key(item)))

    def delete(self, item: str) -> bool:
        """Forgets `item`."""
        return self._backend.delete(SERVICE, check_item_key(item))


def system_backend() -> Backend:
    """This system's keyring. Raises StoreUnavailable where there is none."""
    if sys.platform == "darwin":
        from unsprawl.vault.desktop_keyrings import macos_backend

        return macos_backend()
    if sys.platform == "win32":
        from unsprawl.vault.desktop_keyrings import windows_backend

        return windows_backend()
    from unsprawl.vault.secret_service import SecretServiceBackend

    return SecretServiceBackend()
