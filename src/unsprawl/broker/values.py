"""The values of a record's variables as they are now: a stored text, or the access token of an OAuth credential."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import OAUTH_MARK, Record
from unsprawl.vault.service import withdraw

if TYPE_CHECKING:
    from unsprawl.broker.oauth_refresh import Refresher
    from unsprawl.broker.wire.model import Audit


class Value(Protocol):
    """One variable of a record."""

    def read(self) -> Secret:
        """What a request or a server gets now. May ask the network, for up to a minute. Raises VaultError."""

    def rejected(self, token: Secret) -> None:
        """An upstream answered 401 to `token`, which `read` gave: the next `read` renews it where that can be."""


def values_of(record: Record) -> dict[str, Secret]:
    """Every variable's value. Raises VaultError when there is not each of them."""
    return {name: value_of(record, name).read() for name, _ in record.variables}


def value_of(record: Record, variable: str, audit: Audit | None = None) -> Value:
    """The variable `variable` of `record`. `audit` is told when a token was renewed, or could not be."""
    if any(name == variable for name, _ in record.oauth):
        return _Token(record, variable, audit)
    return _Text(record.store, dict(record.variables)[variable])


def ends_of(record: Record) -> dict[str, str]:
    """When the access tokens of `record` end, for people, where that is known. Raises VaultError."""
    from unsprawl.vault.oauth_item import places_of, stored
    from unsprawl.vault.oauth_token import moment

    ends = {name: stored(places_of(record, name)).expires_at for name, _ in record.oauth}
    return {name: moment(end) for name, end in ends.items() if end is not None}


class _Text:
    def __init__(self, store: str, item: str) -> None:
        self._store = store
        self._item = item

    def read(self) -> Secret:
        text = withdraw(self._store, self._item)
        if text.reveal().startswith(OAUTH_MARK):  # a refresh token is for no server
            raise VaultError(
                "the store holds an OAuth credential where the record names a plain value",
                hint="Store it again with `unsprawl vault set`, with --oauth if it is one.",
            )
        return text

    def rejected(self, token: Secret) -> None:
        """Only a person can put another one there; it is read at the next connection."""


class _Token:
    def __init__(self, record: Record, variable: str, audit: Audit | None) -> None:
        self._record = record
        self._variable = variable
        self._audit = audit
        self._refresher: Refresher | None = None

    def read(self) -> Secret:
        return self._own.current()

    def rejected(self, token: Secret) -> None:
        self._own.rejected(token)

    @property
    def _own(self) -> Refresher:
        if self._refresher is None:
            from unsprawl.broker.oauth_endpoint import Endpoint
            from unsprawl.broker.oauth_refresh import Refresher
            from unsprawl.vault.oauth_item import places_of

            places = places_of(self._record, self._variable)
            self._refresher = Refresher(places, self._variable, send=Endpoint(os.environ), told=self._told)
        return self._refresher

    def _told(self, host: str, what: str, well: bool) -> None:
        if self._audit is not None:
            from unsprawl.broker.wire.model import Event, Happening

            happening = Happening.REFRESHED if well else Happening.FAILED
            self._audit(Event(happening, host=host, variables=(self._variable,), reason=what))
