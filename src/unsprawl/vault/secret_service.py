"""The Linux keyring over D-Bus: items with the attributes that Python's `keyring` and `secret-tool` use.

`keyring` is not used here, though it stores the same items: its Secret Service backend opens a graphical prompt and
waits for it without limit as soon as the collection is locked (nobody answers under an MCP host), and importing it
costs 50 ms more at every start of a server. SecretStorage, the library below it, does the talking in both cases.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from unsprawl.scanner.errors import SecretMissing
from unsprawl.vault.stores import State, StoreDown

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection  # type: ignore[import-untyped]
    from secretstorage import Collection, Item

_TIMEOUT_S = 5.0
_UNLOCK = "Unlock it (log in to the desktop, or open Passwords and Keys), or migrate to the file vault instead."


def bus_address() -> str:
    """The session bus: from the environment, else the usual socket, since hosts strip the variable.

    `os.environ` is not changed: the server that starts later must find the environment as the host made it.
    """
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    socket = f"/run/user/{os.getuid()}/bus"
    try:
        mine = os.stat(socket).st_uid == os.getuid()
    except OSError:
        mine = False
    if not mine:
        raise StoreDown("there is no D-Bus session here, so no keyring", State.MISSING)
    return f"unix:path={socket}"


class SecretServiceBackend:
    """get, set and delete, each bounded in time and never prompting."""

    def get(self, service: str, username: str) -> str:
        """The stored text. Raises SecretMissing or StoreUnavailable."""
        with _session() as connection:
            return _unlocked(connection, service, username).get_secret().decode("utf-8")

    def set(self, service: str, username: str, text: str) -> None:
        """Stores `text` in the default collection, or in the item that is there."""
        with _session() as connection:
            collection = _default(connection)
            try:
                # Not by creating it again: KeePassXC then asks its user whether the old one may go.
                _unlocked(connection, service, username).set_secret(text.encode("utf-8"))
                return
            except SecretMissing:
                pass
            attributes = {"application": "unsprawl", "service": service, "username": username}
            collection.create_item(f"unsprawl: {username}", attributes, text.encode("utf-8"), replace=True)

    def delete(self, service: str, username: str) -> bool:
        """Deletes the item; False when there was none."""
        with _session() as connection:
            try:
                _unlocked(connection, service, username).delete()
            except SecretMissing:
                return False
            return True


def check_default_unlocked() -> None:
    """Raises StoreUnavailable unless a value can be stored without a question."""
    with _session() as connection:
        _default(connection)


def check_item_unlocked(service: str, username: str) -> None:
    """Raises SecretMissing or StoreUnavailable unless the item can be read without a question."""
    with _session() as connection:
        _unlocked(connection, service, username)


def _default(connection: DBusConnection) -> Collection:
    import secretstorage

    try:
        collection = secretstorage.get_collection_by_alias(connection, "default")
    except secretstorage.ItemNotFoundException:
        # Creating one would ask for a password in a window.
        raise StoreDown("the keyring has no default collection", State.MISSING) from None
    if collection.is_locked():
        raise StoreDown("the keyring is locked", State.LOCKED, hint=_UNLOCK)
    return collection


def _unlocked(connection: DBusConnection, service: str, username: str) -> Item:
    import secretstorage

    items = list(secretstorage.search_items(connection, {"service": service, "username": username}))
    if not items:
        raise SecretMissing("the value is gone from the keyring", hint="Store it again with `unsprawl vault set`.")
    for item in items:
        if not item.is_locked():
            return item
    raise StoreDown("the keyring is locked", State.LOCKED, hint=_UNLOCK)


@contextmanager
def _session() -> Iterator[DBusConnection]:
    """A connection on which every wait ends. Closing it makes the service drop a prompt that it opened after all."""
    address = bus_address()
    try:
        import secretstorage
        from jeepney import DBusErrorResponse  # type: ignore[import-untyped]
        from jeepney.io.blocking import open_dbus_connection
        from secretstorage.util import add_match_rules
    except ImportError:
        raise StoreDown("the Python package `SecretStorage` is not installed", State.MISSING) from None
    try:
        connection = open_dbus_connection(address)
    except (OSError, ValueError, RuntimeError, StopIteration) as error:
        raise StoreDown(f"the D-Bus session does not answer ({type(error).__name__})", State.MISSING) from None
    _bound(connection)
    try:
        add_match_rules(connection)
        if not secretstorage.check_service_availability(connection):
            raise StoreDown("no keyring service runs in this session", State.MISSING)
        yield connection
    except TimeoutError:
        raise StoreDown(
            f"the keyring did not answer within {_TIMEOUT_S:.0f} s; it may be waiting in a window",
            State.LOCKED,
            hint=_UNLOCK,
        ) from None
    except (secretstorage.LockedException, secretstorage.PromptDismissedException):
        raise StoreDown("the keyring is locked", State.LOCKED, hint=_UNLOCK) from None
    except (secretstorage.SecretStorageException, DBusErrorResponse, OSError, AssertionError) as error:
        # Not str(error): a D-Bus error may quote what was sent.
        raise StoreDown(f"the keyring failed ({type(error).__name__})", State.MISSING) from None
    finally:
        connection.close()


def _bound(connection: Any) -> None:
    """Gives every wait on `connection` a limit: SecretStorage passes none, jeepney then waits for ever."""
    receive, send = connection.receive, connection.send_and_get_reply
    connection.sock.settimeout(_TIMEOUT_S)
    connection.receive = lambda *, timeout=None: receive(timeout=_TIMEOUT_S if timeout is None else timeout)
    connection.send_and_get_reply = lambda message, *, timeout=None: send(
        message, timeout=_TIMEOUT_S if timeout is None else timeout
    )
