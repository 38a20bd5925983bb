"""A new record by hand: for an entry that another person migrated in a file that is shared through git."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from unsprawl.scanner.errors import UsageError, VaultError
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.vault.allow import project_root
from unsprawl.vault.binding import bind
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.oauth_token import Credential, to_text
from unsprawl.vault.record import Destination
from unsprawl.vault.records import Record, record_path, save
from unsprawl.vault.service import deposit, discard
from unsprawl.vault.stores import Store, new_item_key


class Served(NamedTuple):
    """The entry that a record is for."""

    name: str
    hosts: tuple[str, ...] = ()
    config: str = ""
    """The file that it is in."""
    environ: Mapping[str, str] = {}
    """What it sets for its server, as the server will see it, without the values of the record."""


def add(
    ref: str,
    values: Mapping[str, Secret],
    argv: Sequence[str],
    cwd: str,
    environ: Mapping[str, str],
    credentials: Mapping[str, Credential] | None = None,
    *,
    wire: Sequence[Destination] = (),
    entry: Served | None = None,
    store: Store | None = None,
) -> Record:
    """Stores `values` (by variable) for `argv` in the project around `cwd`, and returns the record.

    `credentials`: variables whose value is the access token of an OAuth credential. `entry`: what is known of the entry
    that starts `argv`. `store`: where the values go; None for the one that is preferred.

    Raises UsageError when the project has such a record already, and VaultError when nothing could be stored; then
    nothing is kept.
    """
    project = project_root(cwd)
    if record_path(ref, project).exists():
        raise UsageError(
            f"this project has a record `{ref}` already", hint=f"`unsprawl vault set {ref}` replaces its value."
        )
    entry = entry or Served(ref)
    binding = bind(
        argv,
        key=machine_key(),
        cwd=cwd,
        environ=environ,
        entry_environ=entry.environ,
        root=project,
        config=entry.config,
    )
    kept: list[tuple[str, str]] = []
    used = ""
    try:
        texts = {name: to_text(credential) for name, credential in (credentials or {}).items()}
        for name, secret in {**values, **texts}.items():
            put = deposit(secret, store)
            if used and put.store != used:
                discard(put.store, put.item)
                raise VaultError("the values do not fit into one store", hint="Add a record for each.")
            used = put.store
            kept.append((name, put.item))
        created = datetime.now(UTC).isoformat(timespec="seconds")
        oauth = tuple((name, new_item_key()) for name in texts)
        record = Record(
            ref, entry.name, entry.hosts, created, used, tuple(kept), (binding,), project, oauth=oauth, wire=tuple(wire)
        )
        save(record, new=True)
    except VaultError:
        for _, item in kept:
            discard(used, item)
        raise
    return record
