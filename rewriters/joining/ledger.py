"""What joins did on this machine: which entries were looked at, and what was stored for them. No secret, and no text of
an entry: a keyed digest says whether it is still what its user said yes to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.record import NamedTuple
from unsprawl.vault import places
from unsprawl.vault.files import private_folder, read_private, write_private
from unsprawl.vault.locks import held

_SCHEMA_VERSION = 1
_WAIT_S = 5.0


class Joined(NamedTuple):
    """One entry."""

    path: str
    pointer: str
    entry: str
    project: str
    seen: str
    """The digest of what was shown when its user said yes."""
    ref: str = ""
    """The record that was made for it; "" where it takes variables, or none was made."""
    made: str = ""
    """When that record was made, as it says itself: another one of that name is not ours to forget."""
    variables: tuple[str, ...] = ()
    """Those that were put into the file of variables for it."""
    logged_in: str = ""
    """When its host said that it had logged in; "" for never."""


def joined() -> tuple[Joined, ...]:
    """All of them. Raises VaultError where the file is damaged."""
    try:
        data = json.loads(read_private(path()))
        if data["schema_version"] != _SCHEMA_VERSION:
            raise ValueError
        return tuple(_of(item) for item in data["entries"])
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise VaultError(
            f"{path()} is damaged", hint="Delete it: then every entry is shown and asked about once more."
        ) from None


def note(entry: Joined) -> None:
    """Write down one entry, in place of what was said of it before."""
    with held("joined", _WAIT_S):
        _write([each for each in joined() if (each.path, each.pointer) != (entry.path, entry.pointer)] + [entry])


def strike(gone: Iterable[Joined]) -> None:
    """Forget these entries."""
    forgotten = {(each.path, each.pointer) for each in gone}
    with held("joined", _WAIT_S):
        _write([each for each in joined() if (each.path, each.pointer) not in forgotten])


def path() -> Path:
    """Where it is kept."""
    return places.data_dir() / "joined.json"


def _of(item: Any) -> Joined:
    texts = {name: item[name] for name in ("path", "pointer", "entry", "project", "seen", "ref", "made", "logged_in")}
    variables = tuple(item["variables"])
    if not all(isinstance(text, str) for text in (*texts.values(), *variables)):
        raise TypeError
    return Joined(**texts, variables=variables)


def _write(entries: list[Joined]) -> None:
    private_folder(places.data_dir())
    data = {"schema_version": _SCHEMA_VERSION, "entries": [each._asdict() for each in entries]}
    write_private(path(), json.dumps(data, indent=2).encode("ascii") + b"\n")
