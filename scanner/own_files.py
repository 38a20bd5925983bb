"""Where the user's own settings lie, for those who look there at every commit: `vault.places` says why it is so."""

from __future__ import annotations

import os

OVERRIDE = "UNSPRAWL_HOME"
CONFIG = "AppData/Roaming/unsprawl" if os.name == "nt" else ".config/unsprawl"


def own_folder(under_home: str, under_override: str) -> str:
    """One of our own folders: below the home, or where UNSPRAWL_HOME says. It need not exist."""
    override = os.environ.get(OVERRIDE)
    if override:
        return os.path.join(os.path.abspath(override), under_override)
    return os.path.join(os.path.expanduser("~"), *under_home.split("/"))


def policy_file() -> str:
    """The user's own policy."""
    return os.path.join(own_folder(CONFIG, "config"), "policy.yaml")


def entry_env_files() -> str:
    """The folder of the private files of variables that entries name since their migration."""
    return os.path.join(own_folder(CONFIG, "config"), "entries")


def ignore_list() -> str:
    """The user's own ignore list."""
    return os.path.join(own_folder(CONFIG, "config"), "ignore")
