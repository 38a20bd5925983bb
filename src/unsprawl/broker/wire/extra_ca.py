"""Which further certificates the way out believes: the user's own word, never that of a repository."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from unsprawl.scanner.errors import BindingRefused, VaultError
from unsprawl.vault import places
from unsprawl.vault.files import read_private

VARIABLE = "UNSPRAWL_EXTRA_CA"


def extra_ca(environ: Mapping[str, str], entry_sets: Collection[str]) -> Path | None:
    """The file of certificates, by the variable or by `extra_ca` in ~/.config/unsprawl/wire.json; None for none.

    `entry_sets`: the guarded variables that the entry itself set when it was bound. Raises BindingRefused when this is
    one of them: whoever writes the entry could read all that is sent. Raises VaultError for a path that leads nowhere.
    """
    if VARIABLE in entry_sets:
        raise BindingRefused(
            f"{VARIABLE} is set by the entry, and only you may name whose certificates are believed",
            hint=f"Take it out of the entry, and write it into {settings()} as `extra_ca`.",
        )
    named = environ.get(VARIABLE) or _setting()
    if not named:
        return None
    path = Path(os.path.expanduser(named))
    if not path.is_absolute() or not path.is_file():
        raise VaultError(f"the certificates of {VARIABLE} or `extra_ca` are no file at an absolute path")
    return path


def settings() -> Path:
    """Where the setting stands."""
    return places.config_dir() / "wire.json"


def _setting() -> str:
    try:
        data = json.loads(read_private(settings()))
        named = data.get("extra_ca", "")
    except FileNotFoundError:
        return ""
    except (ValueError, AttributeError, RecursionError):
        raise VaultError(f"{settings()} is not valid JSON") from None
    if not isinstance(named, str):
        raise VaultError(f"{settings()}: `extra_ca` must be a path")
    return named
