"""The one memory of what was revoked: keyed ids of secrets, with the day and who says so. No secret is in it.

`migrate --status` asks it what is still to be replaced, `undo` whether it restores a dead key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from unsprawl.rewriters.journal import FileNote
from unsprawl.rewriters.standing import Kept, kept_for
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places
from unsprawl.vault.files import private_folder, read_private, write_private
from unsprawl.vault.identity import identifier
from unsprawl.vault.locks import held

SCHEMA_VERSION = 1
BY_VENDOR, BY_HAND = "vendor", "hand"
_LOCK, _WAIT_S = "revoked", 10.0


class Remembered(NamedTuple):
    """One secret that is dead."""

    secret_id: str
    what: str
    """What it was, as reports call it."""
    how: str
    """`vendor`: its vendor was asked, and knows it no more; `hand`: the user says so."""
    at: str
    """ISO 8601, UTC."""


class Memory:
    """What was revoked on this machine."""

    def __init__(self) -> None:
        """Reads it. Raises VaultError where it is damaged."""
        self._identify = identifier()
        self._known = _known()

    def of(self, secret: Secret) -> Remembered | None:
        """What is known of a secret; None for nothing, as of all that could be guessed."""
        if not self._known:
            return None
        found = self._identify(secret)
        return self._known.get(found) if found is not None else None

    def add(self, secret: Secret, what: str, how: str) -> bool:
        """Remember it; False where nothing can be remembered of a value that is as short. Raises VaultError."""
        from datetime import UTC, datetime

        found = self._identify(secret)
        if found is None:
            return False
        with held(
            _LOCK, _WAIT_S
        ):  # another run may have remembered something since, while this one waited for a vendor
            self._known = _known()
            self._known[found] = Remembered(found, what, how, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
            _write(self._known.values())
        return True

    def drop(self, secret: Secret) -> None:
        """Forget what was said of a secret that lives after all. Raises VaultError."""
        found = self._identify(secret)
        if found is None or (found not in self._known and found not in _known()):
            return
        with held(_LOCK, _WAIT_S):
            self._known = _known()
            if self._known.pop(found, None) is not None:
                _write(self._known.values())

    def __iter__(self) -> Iterator[Remembered]:
        return iter(self._known.values())


def memory_or_none() -> Memory | None:
    """For those who only look: None where it cannot be read."""
    with suppress(VaultError):
        return Memory()
    return None


def revoked_values(note: FileNote, kept: Kept | None, memory: Memory | None) -> frozenset[str]:
    """The vault items and variables of a migrated file whose old value is dead, and the pointers of entries of which
    nothing was stored (a login took the place of their keys) where all that stood in the file is dead.
    """
    if kept is None or memory is None:
        return frozenset()
    dead = {name for name, text in kept["values"].items() if memory.of(Secret(text))}
    if kept["secrets"] and all(memory.of(Secret(text)) for _, _, text in kept["secrets"]):
        dead |= {entry.pointer for entry in note.entries}
    return frozenset(dead)


def restored_dead(note: FileNote, memory: Memory | None) -> bool:
    """Whether taking this migration back would restore a dead key, as far as is known."""
    if memory is None:
        return False
    with suppress(VaultError):
        kept = kept_for(note) or {"values": {}, "secrets": []}
        texts = [*kept["values"].values(), *(text for _, _, text in kept["secrets"])]
        return any(memory.of(Secret(text)) for text in texts)
    return False


def path() -> Path:
    """Its file."""
    return places.data_dir() / "revoked.json"


def _known() -> dict[str, Remembered]:
    """By id. Raises VaultError."""
    return {each.secret_id: each for each in _read()}


def _read() -> Iterable[Remembered]:
    import json

    try:
        data: dict[str, Any] = json.loads(read_private(path()))
        if data["schema_version"] != SCHEMA_VERSION:
            raise ValueError
        found = [Remembered(each["secret_id"], each["what"], each["how"], each["at"]) for each in data["revoked"]]
        if not all(isinstance(text, str) for each in found for text in each):
            raise ValueError
        return found
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise VaultError(f"{path()} is damaged", hint="Restore it from a backup, or move it away.") from None


def _write(known: Iterable[Remembered]) -> None:
    import json

    private_folder(places.data_dir())
    data = {"schema_version": SCHEMA_VERSION, "revoked": [each._asdict() for each in known]}
    write_private(path(), json.dumps(data, indent=2).encode("ascii") + b"\n")
