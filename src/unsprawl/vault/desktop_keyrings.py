"""macOS Keychain and Windows Credential Manager through the `keyring` package's named classes, bounded in time.

Written from the sources of keyring 25.7; not yet run on either system.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from unsprawl.scanner.errors import SecretMissing, StoreUnavailable
from unsprawl.vault.stores import State, StoreDown

if TYPE_CHECKING:
    from unsprawl.vault.keyring_store import Backend

_TIMEOUT_S = 20.0
_WINDOWS_LARGEST = 2560
"""CRED_MAX_CREDENTIAL_BLOB_SIZE, in bytes of UTF-16."""
_T = TypeVar("_T")


class KeyringPackageBackend:
    """One backend object of the `keyring` package. `largest` is its limit in bytes of UTF-16, 0 for none."""

    def __init__(self, keyring: Any, largest: int = 0) -> None:
        self._keyring = keyring
        self._largest = largest

    def get(self, service: str, username: str) -> str:
        """The stored text, or SecretMissing."""
        text = _bounded(lambda: self._keyring.get_password(service, username))
        if text is None:
            raise SecretMissing("the value is gone from the keyring", hint="Store it again with `unsprawl vault set`.")
        return str(text)

    def set(self, service: str, username: str, text: str) -> None:
        """Stores `text`."""
        if self._largest and len(text.encode("utf-16-le")) > self._largest:
            raise StoreUnavailable(
                f"the value is larger than this keyring takes ({self._largest} bytes)", hint="Use the file vault."
            )
        _bounded(lambda: self._keyring.set_password(service, username, text))

    def delete(self, service: str, username: str) -> bool:
        """Deletes it; False when there was none."""
        if _bounded(lambda: self._keyring.get_password(service, username)) is None:
            return False
        _bounded(lambda: self._keyring.delete_password(service, username))
        return True


def macos_backend() -> Backend:
    """The login keychain."""
    from keyring.backends.macOS import Keyring

    backend: Any = Keyring
    return KeyringPackageBackend(backend())


def windows_backend() -> Backend:
    """The Credential Manager."""
    from keyring.backends.Windows import WinVaultKeyring

    backend: Any = WinVaultKeyring
    return KeyringPackageBackend(backend(), _WINDOWS_LARGEST)


def _bounded(call: Callable[[], _T]) -> _T:
    """Runs `call` in a thread and gives up after a while: the Keychain may have opened a window nobody sees."""
    answers: list[_T] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(call())
        except BaseException as error:  # handed to the waiting thread
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(_TIMEOUT_S)
    if answers:
        return answers[0]
    if not failures:
        raise StoreDown(
            f"the keyring did not answer within {_TIMEOUT_S:.0f} s; it may be asking in a window",
            State.LOCKED,
            hint="Answer it with `Always Allow`, then start the server again.",
        )
    name = type(failures[0]).__name__
    raise StoreUnavailable(f"the keyring failed ({name})", hint="Unlock it, or use the file vault.") from None
