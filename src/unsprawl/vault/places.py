"""Where our own files lie: configuration (keys), data (records, items, journals) and state (locks, logs).

One rule for Linux and macOS (`~/.config`, `~/.local/share`, `~/.local/state`), one for Windows, written by hand:

* MCP hosts start servers with only HOME, LOGNAME, PATH, SHELL, TERM and USER. A user with XDG_DATA_HOME set in
  the shell would store at one place and, under the host, look at another. So XDG_* is ignored on purpose: what
  was stored can be found again, always. On Windows the same holds for APPDATA; USERPROFILE is passed on.
* platformdirs would honour XDG_*, and importing it costs 18 ms at every start of a server.
* On macOS the usual folder for configuration and for data is the same one; the vault's key must not lie there.

UNSPRAWL_HOME moves everything into one folder (tests, portable use). Hosts strip it as well, so whoever writes an
entry while it is set has to write it into the entry's own environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from unsprawl.scanner.own_files import CONFIG, OVERRIDE, own_folder

__all__ = ["OVERRIDE"]
_DATA, _STATE = (
    ("AppData/Local/unsprawl/data", "AppData/Local/unsprawl/state")
    if os.name == "nt"
    else (".local/share/unsprawl", ".local/state/unsprawl")
)


def config_dir() -> Path:
    """Folder of the keys, `env.sh`, `ignore` and `policy.yaml`. Not created; see `files.private_folder`."""
    return Path(own_folder(CONFIG, "config"))


def data_dir() -> Path:
    """Folder of records, encrypted items and journals. Not created."""
    return Path(own_folder(_DATA, "data"))


def state_dir() -> Path:
    """Folder of locks, temporary files and logs. Not created."""
    return Path(own_folder(_STATE, "state"))


def records_dir() -> Path:
    """Folder of the vault's records."""
    return data_dir() / "vault" / "records"


def items_dir() -> Path:
    """Folder of the age store's items."""
    return data_dir() / "vault" / "items"
