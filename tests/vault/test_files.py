from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from unsprawl.scanner.errors import VaultError
from unsprawl.vault import files
from unsprawl.vault.machine_key import digest, machine_key, path


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folder_is_private_also_when_it_was_not(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert mode(files.private_folder(folder)) == 0o700
    assert mode(folder.parent) == 0o700
    folder.chmod(0o755)
    assert mode(files.private_folder(folder)) == 0o700


def test_folder_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "unsprawl").symlink_to(tmp_path / "dotfiles")
    with pytest.raises(VaultError, match="link"):
        files.private_folder(tmp_path / "unsprawl")
    with pytest.raises(VaultError, match="link"):
        files.read_private(tmp_path / "unsprawl" / "x")


def test_write_is_private_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files.write_private(tmp_path / "x", b"1")
        assert files.create_private(tmp_path / "y", b"1")
    finally:
        os.umask(before)
    assert mode(tmp_path / "x") == mode(tmp_path / "y") == 0o600
    assert sorted(os.listdir(tmp_path)) == ["home", "x", "y"]  # no temporary file stays


def test_write_does_not_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / "x").symlink_to(tmp_path / "target")
    with pytest.raises(VaultError, match="link"):
        files.write_private(tmp_path / "x", b"1")
    assert (tmp_path / "target").read_text() == "mine"


def test_failed_write_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_private(tmp_path / "x", b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(VaultError, match="No space left"):
        files.write_private(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["home", "x"]


def test_create_tells_who_was_first(tmp_path: Path) -> None:
    assert files.create_private(tmp_path / "x", b"first")
    assert not files.create_private(tmp_path / "x", b"second")
    assert (tmp_path / "x").read_bytes() == b"first"


def test_create_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unsupported)
    assert files.create_private(tmp_path / "x", b"first")
    assert not files.create_private(tmp_path / "x", b"second")
    assert mode(tmp_path / "x") == 0o600


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602])
def test_read_refuses_what_others_can_touch(bits: int, tmp_path: Path) -> None:
    files.write_private(tmp_path / "x", b"1")
    (tmp_path / "x").chmod(bits)
    with pytest.raises(VaultError, match="other users") as caught:
        files.read_private(tmp_path / "x")
    assert "chmod 600" in caught.value.hint


def test_read_refuses_a_link_and_a_pipe(tmp_path: Path) -> None:
    files.write_private(tmp_path / "real", b"1")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("link", "pipe"):
        with pytest.raises(VaultError, match=r"link|plain file"):
            files.read_private(tmp_path / name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_read_refuses_another_users_file(tmp_path: Path) -> None:
    files.write_private(tmp_path / "x", b"1")
    os.chown(tmp_path / "x", 12345, 12345)
    with pytest.raises(VaultError, match="another user"):
        files.read_private(tmp_path / "x")


def test_sweep_deletes_only_old_leftovers(tmp_path: Path) -> None:
    old, young, other = tmp_path / ".unsprawl-1.tmp", tmp_path / ".unsprawl-2.tmp", tmp_path / "other.tmp"
    for leftover in (old, young, other):
        leftover.write_text("x")
    for leftover in (old, other):
        os.utime(leftover, (time.time() - 7200,) * 2)
    files.sweep(tmp_path)
    assert (old.exists(), young.exists(), other.exists()) == (False, True, True)


def test_machine_key_is_made_once_also_by_many_at_a_time() -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(machine_key())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 16
    assert len(found[0]) == 32
    assert mode(path()) == 0o600
    assert mode(path().parent) == 0o700


def test_damaged_machine_key_is_not_replaced() -> None:
    machine_key()
    path().write_bytes(b"short")
    with pytest.raises(VaultError, match="damaged"):
        machine_key()
    assert path().read_bytes() == b"short"


def test_digest_needs_the_key_and_keeps_parts_apart() -> None:
    assert digest(b"1" * 32, "a", "b") != digest(b"2" * 32, "a", "b")
    assert digest(b"1" * 32, "a", "b") != digest(b"1" * 32, "ab", "")
