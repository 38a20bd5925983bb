"""What every place that keeps secret texts can do."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret

_ITEM = re.compile(r"[a-z2-7]{26}", re.ASCII)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


class State(StrEnum):
    """Whether a store can be used now."""

    WORKS = "works"
    LOCKED = "locked"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer of a probe; `reason` is for people and holds no secret."""

    state: State
    reason: str
    caution: str = ""
    """Why migrate does not take this store by itself though it works: it opens only with a person, for example."""
    hint: str = ""
    """What to do when it does not work."""

    @property
    def works(self) -> bool:
        """Whether a value was really stored, read back and deleted."""
        return self.state is State.WORKS


class StoreDown(StoreUnavailable):
    """StoreUnavailable that also says whether the store is locked or missing."""

    def __init__(self, message: str, state: State, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.state = state


class Store(Protocol):
    """Keeps texts under item keys, exactly as given.

    Every method but `probe` raises StoreUnavailable when the store cannot be used (missing, locked, too slow, value too
    large).
    """

    id: str
    title: str

    def probe(self) -> Availability:
        """Tries the store with a worthless value."""

    def put(self, item: str, secret: Secret) -> None:
        """Keeps `secret` under `item`, replacing what was there."""

    def get(self, item: str) -> Secret:
        """The text under `item`. Raises SecretMissing when there is none."""

    def delete(self, item: str) -> bool:
        """Forgets `item`; False when there was none."""


def new_item_key() -> str:
    """A random name (128 bits) for one stored text; safe in file names, also where case is ignored."""
    number = int.from_bytes(os.urandom(16), "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(0, 130, 5))


def check_item_key(item: str) -> str:
    """Returns `item`. Raises VaultError when it cannot be one of ours (a path, for example)."""
    if not _ITEM.fullmatch(item):
        raise VaultError("a record names an item that is not one of ours", hint="The record file was changed by hand.")
    return item


def round_trip(store: Store) -> bool:
    """Whether a worthless value that is put into `store` comes back the same. Raises what its methods raise."""
    item = new_item_key()
    store.put(item, Secret(item))
    same = store.get(item) == Secret(item)
    store.delete(item)
    return same


def storable(secret: Secret) -> bytes:
    """The bytes to keep. Raises VaultError for text that no environment variable can carry back unchanged."""
    text = secret.reveal()
    if "\0" in text:
        raise VaultError("the value holds a NUL character, which no environment variable can carry")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise VaultError("the value holds half of a character pair (a lone surrogate) and cannot be stored") from None
