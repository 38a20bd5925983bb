"""What all tests of migrations share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def hosts_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No host runs in most tests: a change need not be watched for long."""
    monkeypatch.setattr("unsprawl.rewriters.live.STAYS_FOR_S", 0.01)


@pytest.fixture(autouse=True)
def disks_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here cuts the power, and what was written outlives the process that wrote it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
