"""Secrets in files encrypted with age (X25519): for machines without a working keyring.

The key (`vault.key`) lies in the configuration folder and the items in the data folder, so that a backup, a sync
folder or a copied data folder alone opens nothing. It does not protect from programs that run as this user.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unsprawl.scanner.errors import SecretMissing, StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places
from unsprawl.vault.files import create_private, private_folder, read_private, remove_private, sweep, write_private
from unsprawl.vault.stores import Availability, State, check_item_key, round_trip, storable

if TYPE_CHECKING:
    from pyrage.x25519 import Identity  # type: ignore[import-untyped]

_COMMENT = b"# The key of unsprawl's file vault. Whoever has this and the vault's items can read your secrets.\n"


def key_path() -> Path:
    """Where the key lies."""
    return places.config_dir() / "vault.key"


class AgeStore:
    """One `.age` file per item; the `age` program can open them too: `age -d -i vault.key ITEM.age`."""

    id = "age-file"
    title = "encrypted files (age)"

    def probe(self) -> Availability:
        """Tries the store with a worthless value."""
        try:
            same = round_trip(self)
        except VaultError as error:
            return Availability(State.MISSING, error.message, hint=error.hint)
        if not same:
            return Availability(State.MISSING, "a stored value came back changed")
        return Availability(State.WORKS, f"items in {places.items_dir()}, key in {key_path()}")

    def put(self, item: str, secret: Secret) -> None:
        """Keeps `secret` under `item`."""
        import pyrage  # type: ignore[import-untyped]

        content = storable(secret)
        identity = _identity(create=True)
        encrypted = pyrage.encrypt(content, [identity.to_public()])
        private_folder(places.data_dir())
        sweep(private_folder(places.items_dir()))
        write_private(_item_path(item), encrypted)

    def get(self, item: str) -> Secret:
        """The text under `item`."""
        import pyrage

        try:
            encrypted = read_private(_item_path(item))
        except FileNotFoundError:
            raise SecretMissing(
                "the value is gone from the file vault", hint="Store it again with `unsprawl vault set`, or undo."
            ) from None
        identity = _identity(create=False)
        try:
            return Secret(pyrage.decrypt(encrypted, [identity]).decode("utf-8"))
        except (pyrage.DecryptError, UnicodeDecodeError):
            raise StoreUnavailable(
                f"{key_path()} does not open this item", hint="Restore the key that belongs to this vault."
            ) from None

    def delete(self, item: str) -> bool:
        """Forgets `item`."""
        return remove_private(_item_path(item))


def _item_path(item: str) -> Path:
    return places.items_dir() / f"{check_item_key(item)}.age"


def _identity(*, create: bool) -> Identity:
    """Our key. `create=False` never makes one: a new key could not open old items, and would hide what is wrong."""
    from pyrage import IdentityError, x25519

    place = key_path()
    try:
        content = read_private(place)
    except FileNotFoundError:
        if not create:
            raise StoreUnavailable(f"{place} is missing, so the file vault cannot be opened") from None
        content = _made(place)
    lines = [line for line in content.decode("ascii", "replace").split() if line.startswith("AGE-SECRET-KEY-")]
    try:
        (line,) = lines
        return x25519.Identity.from_str(line)
    except (ValueError, IdentityError):
        raise StoreUnavailable(f"{place} is damaged", hint="Restore it from a backup.") from None


def _made(place: Path) -> bytes:
    """The content of the key that was missing a moment ago: a new one, or that of a process that was faster."""
    from pyrage import x25519

    if any(places.items_dir().glob("*.age")):
        try:
            return read_private(place)  # its items came after it
        except FileNotFoundError:
            # A new key could not open what is there, and would be overwritten when the old one is restored.
            raise StoreUnavailable(
                f"{place} is missing, and there are items that only it opens",
                hint=f"Restore it from a backup, or move {places.items_dir()} away.",
            ) from None
    private_folder(place.parent)
    create_private(place, _COMMENT + str(x25519.Identity.generate()).encode("ascii") + b"\n")
    return read_private(place)
