"""What was put into a broker of others, and what each of them can do with it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from unsprawl.broker.external.facts import BrokerFacts
from unsprawl.broker.external.here import Here
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places


def own_folder(broker: str, account: str) -> Path:
    """Where what we make for an entry lies; its path goes into the entry."""
    return places.data_dir() / "brokers" / broker / account


def remove_own_folder(deposit: Deposit) -> None:
    """Deletes it with all that is in it. Raises VaultError."""
    folder = own_folder(deposit.broker, deposit.account)
    if folder.is_symlink():
        raise VaultError(f"{folder} is a link", hint="Nothing was removed. Look at it, then move it away.")
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise VaultError(f"{folder}: {error.strerror}") from None


class Bound(NamedTuple):
    """One value, and where it may go. Holds no secret."""

    variable: str
    hosts: tuple[str, ...]
    """Lower case; `*.` before a name stands for what is below it."""
    header: str
    prefix: str
    """What stands before the value in that header: `Bearer `."""
    placeholder: str
    """What the server gets, or sends, in its place."""


class Deposit(NamedTuple):
    """What belongs to one entry. Kept in the journal, so that undo finds it again."""

    broker: str
    account: str
    """A name that nothing else there has."""
    program: str
    settings: Mapping[str, str]
    bounds: tuple[Bound, ...]

    def to_json(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {**self._asdict(), "settings": dict(self.settings), "bounds": [list(bound) for bound in self.bounds]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Deposit:
        """What `to_json` made. Raises KeyError or TypeError for anything else."""
        bounds = tuple(Bound(each[0], tuple(each[1]), *each[2:]) for each in data["bounds"])
        return cls(data["broker"], data["account"], data["program"], dict(data["settings"]), bounds)

    @property
    def names(self) -> tuple[str, ...]:
        """What the values are called where names are in capitals and must differ from everybody else's."""
        owner = "".join(c if c.isalnum() else "_" for c in self.account.upper())
        return tuple(f"UNSPRAWL_{owner}_{bound.variable.upper()}" for bound in self.bounds)


class Broker(Protocol):
    """What is particular to one broker. Every method but `look` raises VaultError; none shows a value."""

    @property
    def facts(self) -> BrokerFacts: ...

    def look(self, here: Here) -> Here:
        """Whether what is installed can be used now. Bounded in time, starts nothing, asks nothing."""

    def store(self, deposit: Deposit, values: Mapping[str, Secret]) -> bool:
        """Puts the values of all variables there and binds them; whether they were read back and are the same."""

    def stored(self, deposit: Deposit) -> Mapping[str, Secret] | None:
        """What is there by variable; without those that are gone. None where the broker gives no value back."""

    def remove(self, deposit: Deposit) -> None:
        """Takes out what `store` put there; it may be gone already, wholly or in parts."""

    def standing(self, deposit: Deposit) -> str:
        """Why a server would not get its value now, or "". Shorter than `stored`, for `verify`."""
