"""Reading never hangs, and never ends the run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources import worktree
from unsprawl.scanner.sources.worktree import VANISHED, read


def problem(path: Path | str) -> Problem:
    found = read(str(path))
    assert isinstance(found, Problem)
    assert found.path == str(path)
    return found


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)), b"x" * 1_000_000], ids=len)
def test_bytes_as_they_are(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "link").symlink_to("a")
    assert read(str(tmp_path / "a")) == data
    assert read(str(tmp_path / "link")) == data


@pytest.mark.parametrize("name", ["a\0b", "\0", "\ud800"])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    assert problem(f"{tmp_path}/{name}").code == "unreadable"


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("fifo")
    for path in (tmp_path / "fifo", tmp_path / "link", tmp_path, Path("/dev/null"), Path("/dev/zero")):
        assert problem(path).code == "not-a-file"
    assert problem(tmp_path).message == "a folder, where a file is expected"


def test_a_fifo_that_takes_the_files_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("x")
    before = os.stat(tmp_path / "a")
    (tmp_path / "a").unlink()
    os.mkfifo(tmp_path / "a")
    monkeypatch.setattr(os, "stat", lambda path: before)
    assert problem(tmp_path / "a").code == "not-a-file"


def test_missing_and_looping(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("gone")
    for name in ("loop", "dangling", "x" * 300):
        found = problem(tmp_path / name)
        assert found.code == "unreadable"
        assert found.hint
    assert "leads back to itself" in problem(tmp_path / "loop").hint
    assert "leads to nothing" in problem(tmp_path / "dangling").hint
    for name in ("gone", "a/b"):
        assert problem(tmp_path / name).code == VANISHED


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("x")
    if os.geteuid() == 0:  # whom no mode stops

        def refuse(path: str, flags: int) -> int:
            raise PermissionError(13, "Permission denied", path)

        monkeypatch.setattr(os, "open", refuse)
    else:
        (tmp_path / "a").chmod(0)
    assert "Permission denied" in problem(tmp_path / "a").message


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worktree, "MAX_BYTES", 3)
    (tmp_path / "a").write_text("123")
    assert read(str(tmp_path / "a")) == b"123"
    (tmp_path / "a").write_text("1234")
    assert problem(tmp_path / "a").code == "too-large"


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("123")
    before = os.stat(tmp_path / "a")
    (tmp_path / "a").write_text("1234")
    monkeypatch.setattr(worktree, "MAX_BYTES", 3)
    monkeypatch.setattr(os, "stat", lambda path: before)
    assert problem(tmp_path / "a").code == "too-large"
