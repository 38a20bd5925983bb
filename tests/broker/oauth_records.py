"""A record with one OAuth credential, in the file vault of the test's own home."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.broker.token_endpoint import TokenEndpoint
from unsprawl.broker.oauth_endpoint import Endpoint
from unsprawl.broker.oauth_refresh import Refresher
from unsprawl.scanner.secret import Secret
from unsprawl.vault import service
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.oauth_item import Places, places_of
from unsprawl.vault.oauth_token import Credential, to_text
from unsprawl.vault.record import Binding, Record
from unsprawl.vault.records import save
from unsprawl.vault.stores import new_item_key

REF = "tickets-abcd2345"
VARIABLE = "TICKETS_TOKEN"


def credential_for(endpoint: TokenEndpoint, expires_at: int | None, **fields: object) -> Credential:
    """What the endpoint gave at sign-in."""
    made = Credential(
        endpoint.url, "client:1", Secret(endpoint.refresh_token), Secret(endpoint.access_token), expires_at
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def store_credential(credential: Credential, binding: Binding | None = None) -> Record:
    """Stores it and saves a record of it."""
    item = service.deposit(to_text(credential), AgeStore()).item
    record = Record(
        REF,
        "tickets",
        (),
        "2026-11-20T00:00:00Z",
        AgeStore.id,
        ((VARIABLE, item),),
        (binding or Binding(("/usr/bin/env",)),),
        oauth=((VARIABLE, new_item_key()),),
    )
    save(record)
    return record


def places(record: Record) -> Places:
    """Of that one."""
    return places_of(record, VARIABLE)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def refresher(
    record: Record, clock: Clock, authority: Path, told: list[tuple[str, str, bool]] | None = None
) -> Refresher:
    """As a process of ours has it."""
    heard = told if told is not None else []
    return Refresher(
        places(record),
        VARIABLE,
        told=lambda *what: heard.append(what),
        clock=clock,
        send=Endpoint({}, authority),
    )
