"""What all tests of migrations share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def hosts_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No host runs in most tests: a change need not be watched for long."""
    monkeypatch.setattr("unsprawl.rewriters.live.STAYS_FOR_S", 0.01)
