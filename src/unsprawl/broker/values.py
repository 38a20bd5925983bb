"""The values of a record's variables as they are now: a stored text, or the access token of an OAuth credential."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
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

    def fresh(self) -> bool:
        """Whether what `read` gave last may still be used. Never blocks."""


def values_of(record: Record, environ: Mapping[str, str], entry_sets: Collection[str] = ()) -> dict[str, Secret]:
    """Every variable's value. Takes what `value_of` takes. Raises VaultError when there is not each of them."""
    return {name: value_of(record, name, environ, entry_sets).read() for name, _ in record.variables}


def value_of(
    record: Record,
    variable: str,
    environ: Mapping[str, str],
    entry_sets: Collection[str] = (),
    audit: Audit | None = None,
) -> Value:
    """The variable `variable` of `record`.

    `environ`, which the binding was found to fit, says how to get out to a token endpoint; `entry_sets` are the guarded
    variables of it that the entry itself sets. `audit` is told when a token was renewed, or could not be.
    """
    if any(name == variable for name, _ in record.oauth):
        return _Token(record, variable, environ, entry_sets, audit)
    return _Text(record.store, dict(record.variables)[variable])


def ends_of(record: Record) -> dict[str, str]:
    """When the access tokens of `record` end, for people, where that is known. Raises VaultError."""
    from unsprawl.vault.oauth_item import places_of, stored
    from unsprawl.vault.oauth_token import moment

    ends = {name: stored(places_of(record, name)).expires_at for name, _ in record.oauth}
    return {name: moment(end) for name, end in ends.items() if end is not None}


def await_kept() -> None:
    """Returns when no token is being renewed in another thread, at the latest after twenty seconds.

    Call it before `os._exit`: a server may have spent the old refresh token, and the new one would be lost.
    """
    module = sys.modules.get("unsprawl.broker.oauth_refresh")
    if module is not None:
        module.await_kept()


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

    def fresh(self) -> bool:
        return True


class _Token:
    def __init__(
        self,
        record: Record,
        variable: str,
        environ: Mapping[str, str],
        entry_sets: Collection[str],
        audit: Audit | None,
    ) -> None:
        self._record = record
        self._variable = variable
        self._environ = environ
        self._entry_sets = entry_sets
        self._audit = audit
        self._refresher: Refresher | None = None

    def read(self) -> Secret:
        return self._own.current()

    def rejected(self, token: Secret) -> None:
        self._own.rejected(token)

    def fresh(self) -> bool:
        return self._own.fresh()

    @property
    def _own(self) -> Refresher:
        if self._refresher is None:
            from unsprawl.broker.oauth_endpoint import Endpoint
            from unsprawl.broker.oauth_refresh import Refresher
            from unsprawl.broker.wire.extra_ca import extra_ca
            from unsprawl.vault.oauth_item import places_of

            places = places_of(self._record, self._variable)
            believed = extra_ca(self._environ, self._entry_sets)
            way_out = Endpoint(self._environ, believed)
            self._refresher = Refresher(places, self._variable, send=way_out, told=self._told)
        return self._refresher

    def _told(self, host: str, what: str, well: bool) -> None:
        if self._audit is not None:
            from unsprawl.broker.wire.model import Event, Happening

            happening = Happening.REFRESHED if well else Happening.FAILED
            self._audit(Event(happening, host=host, variables=(self._variable,), reason=what))
