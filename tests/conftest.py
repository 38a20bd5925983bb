"""Every test runs in a fresh home, with no way to the network but this machine's own loopback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import pytest_socket

from tests.cli.program import Program, program
from tests.git import git


def pytest_runtest_setup(item: pytest.Item) -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    if item.get_closest_marker("external") and os.environ.get("UNSPRAWL_EXTERNAL") != "1":
        pytest.skip("needs real programs; set UNSPRAWL_EXTERNAL=1")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new home folder, and an environment in which nothing of the machine's own user shows."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    kept = {"PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "UNSPRAWL_EXTERNAL", "UNSPRAWL_TEST_CACHE", "SYSTEMROOT"}
    for name in set(os.environ) - kept:
        if not name.startswith("PYTEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.setenv("SHELL", "/bin/bash")
    monkeypatch.setenv("NO_COLOR", "1")
    return folder


@pytest.fixture
def project(home: Path) -> Path:
    """A repository in that home."""
    folder = home / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    """`unsprawl` as a program, for that home."""
    return program(home, tmp_path / "bin")
