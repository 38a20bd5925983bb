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

OVERRIDE = "UNSPRAWL_HOME"
_WINDOWS = os.name == "nt"
_CONFIG, _DATA, _STATE = (
    ("AppData/Roaming/unsprawl", "AppData/Local/unsprawl/data", "AppData/Local/unsprawl/state")
    if _WINDOWS
    else (".config/unsprawl", ".local/share/unsprawl", ".local/state/unsprawl")
)


def _place(under_home: str, under_override: str) -> Path:
    override = os.environ.get(OVERRIDE)
    if override:
        return Path(os.path.abspath(override), under_override)
    return Path(os.path.expanduser("~"), under_home)


def config_dir() -> Path:
    """Folder of `vault.key`, `machine.key`, `env.sh` and `ignore`. Not created; see `files.private_folder`."""
    return _place(_CONFIG, "config")


def ignore_list() -> Path:
    """The user's own ignore list."""
    return config_dir() / "ignore"


def data_dir() -> Path:
    """Folder of records, encrypted items and journals. Not created."""
    return _place(_DATA, "data")


def state_dir() -> Path:
    """Folder of locks, temporary files and logs. Not created."""
    return _place(_STATE, "state")


def records_dir() -> Path:
    """Folder of the vault's records."""
    return data_dir() / "vault" / "records"


def items_dir() -> Path:
    """Folder of the age store's items."""
    return data_dir() / "vault" / "items"
