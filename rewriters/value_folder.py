"""A folder of our own with one private file for each value, for hosts that put a file's content into their settings."""

from __future__ import annotations

import os
from pathlib import Path

from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.kept_from_git import taken_by_git
from unsprawl.vault import places
from unsprawl.vault.files import create_private, private_folder, read_private, remove_private


def folder() -> Path:
    """Where it lies; not created."""
    return places.config_dir() / "values"


def names() -> tuple[str, ...]:
    """The names under which values are kept."""
    try:
        return tuple(sorted(name for name in os.listdir(folder()) if not name.startswith(".")))
    except OSError:
        return ()


def get_variable(name: str) -> Secret | None:
    """The value of `name`, or None. Raises VaultError for a file that others can read, or that is a link."""
    try:
        return Secret(read_private(folder() / name).decode("utf-8", "surrogateescape"))
    except FileNotFoundError:
        return None


def set_variable(name: str, secret: Secret) -> None:
    """Keep a value in a file of its own, 0600 from birth. Raises UnsprawlError; nothing is ever overwritten."""
    path = private_folder(places.config_dir()) / "values" / name
    if reason := taken_by_git(str(path)):
        raise NotApplied(f"{path}: {reason}")
    private_folder(path.parent)
    if not create_private(path, secret.reveal().encode("utf-8")):
        raise NotApplied(f"{path} is there already")


def remove_variable(name: str) -> bool:
    """Delete the file of a value; False when there is none. Raises VaultError."""
    return remove_private(folder() / name)
