"""Exit codes and the errors that stop a run.

UnsprawlError                 anything this program says on purpose
├── UsageError                the command line or an option's value is wrong (2)
├── NotApplied                nothing was changed, files are as before (4)
└── VaultError                a store is missing, locked or refused (4)
    ├── StoreUnavailable      no working store
    ├── SecretMissing         no such record or value
    └── BindingRefused        the record is bound to another command, folder or environment
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """One meaning each; README and `--help` show this table."""

    CLEAN = 0
    FOUND = 1
    USAGE = 2
    INCOMPLETE = 3
    NOT_APPLIED = 4
    BUG = 70
    INTERRUPTED = 130


class UnsprawlError(Exception):
    """Carries what happened, and what to do next. Never built from a secret's text."""

    exit: Exit = Exit.NOT_APPLIED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(UnsprawlError):
    """The command line is wrong."""

    exit = Exit.USAGE


class NotApplied(UnsprawlError):
    """A change was refused or failed; the files are as they were."""


class VaultError(UnsprawlError):
    """Something about where secrets rest."""


class StoreUnavailable(VaultError):
    """No store works here, or the one that holds the secret is locked."""


class SecretMissing(VaultError):
    """No record of that name, or its value is gone from the store."""


class BindingRefused(VaultError):
    """The record exists but is not bound to this command, folder or environment."""
