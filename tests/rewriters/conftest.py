"""What all tests of migrations share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.rewriters.support import Bench, env_entry, write_json


@pytest.fixture
def bench(home: Path) -> Bench:
    return Bench(home)


@pytest.fixture
def cursor(home: Path) -> Path:
    """A user's file with one secret."""
    return write_json(home / ".cursor" / "mcp.json", {"x": env_entry()})


@pytest.fixture(autouse=True)
def hosts_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No host runs in most tests: a change need not be watched for long."""
    monkeypatch.setattr("unsprawl.rewriters.live.STAYS_FOR_S", 0.01)


@pytest.fixture(autouse=True)
def disks_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here cuts the power, and what was written outlives the process that wrote it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
