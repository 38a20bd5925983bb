"""Whose certificates the way out believes besides the system's: a company that opens TLS has an authority of its own.

Said by the user in `wire.json` of our configuration folder (`{"schema_version": 1, "extra_ca": "/…/company.pem"}`), or
by the variable UNSPRAWL_EXTRA_CA, which comes first. The variable is guarded: no entry of a repository can set it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from unsprawl.scanner.errors import VaultError
from unsprawl.vault import places
from unsprawl.vault.files import read_private

VARIABLE = "UNSPRAWL_EXTRA_CA"
_SCHEMA_VERSION = 1
_HINT = "It must be the absolute path of a PEM file."


def settings_path() -> Path:
    """Where the user's own choice is kept."""
    return places.config_dir() / "wire.json"


def extra_ca(environ: Mapping[str, str]) -> Path | None:
    """The file of certificates, None for none. Raises VaultError for one that is not there, or a damaged setting."""
    text = environ.get(VARIABLE, "")
    source = VARIABLE
    if not text:
        text, source = _kept(), f"`extra_ca` in {settings_path()}"
    if not text:
        return None
    if not os.path.isabs(text) or not os.path.isfile(text):
        raise VaultError(f"{source} names no file", hint=_HINT)
    return Path(text)


def _kept() -> str:
    path = settings_path()
    try:
        data = json.loads(read_private(path))
    except FileNotFoundError:
        return ""
    except (ValueError, RecursionError):
        raise VaultError(f"{path} is damaged", hint="Mend it, or delete it.") from None
    known = isinstance(data, dict) and data.get("schema_version") == _SCHEMA_VERSION
    if not known or data.keys() - {"schema_version", "extra_ca"} or not isinstance(data.get("extra_ca", ""), str):
        raise VaultError(f"{path} is damaged", hint="Mend it, or delete it.")
    return str(data.get("extra_ca", ""))
