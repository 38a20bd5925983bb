from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unsprawl.scanner.errors import SecretMissing, StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import age_store, files, places
from unsprawl.vault.age_store import AgeStore, key_path
from unsprawl.vault.stores import State, new_item_key

CANARY = "-".join(["synthetic", "canary", "0001"])
VALUES = [
    CANARY,
    CANARY + "\n",
    "\r\n" + CANARY + "\r\n\n",
    "-----BEGIN " + "TEST KEY-----\n" + "QUJD\n" * 40 + "-----END TEST KEY-----\n",
    "pässwörd €😀",
    "\ufeffbom",
    " spaces ",
    "",
    "x" * 100_000,
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_gives_back_exactly_what_it_got(value: str) -> None:
    item = new_item_key()
    AgeStore().put(item, Secret(value))
    assert AgeStore().get(item).reveal() == value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(value=st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_comes_back(value: str) -> None:
    item = new_item_key()
    AgeStore().put(item, Secret(value))
    assert AgeStore().get(item).reveal() == value


@pytest.mark.parametrize("value", ["a\0b", "half \ud83d"])
def test_refuses_what_no_environment_can_carry(value: str) -> None:
    with pytest.raises(VaultError):
        AgeStore().put(new_item_key(), Secret(value))


def test_files_are_private_and_hold_no_plain_text(home: Path) -> None:
    AgeStore().put(new_item_key(), Secret(CANARY))
    found = [path for path in home.rglob("*") if path.is_file()]
    assert len(found) == 2
    for path in found:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert CANARY.encode() not in path.read_bytes()


def test_probe_works_and_leaves_nothing() -> None:
    assert AgeStore().probe().state is State.WORKS
    assert list(places.items_dir().iterdir()) == []


def test_delete_tells_whether_there_was_something() -> None:
    item = new_item_key()
    AgeStore().put(item, Secret(CANARY))
    assert AgeStore().delete(item)
    assert not AgeStore().delete(item)
    with pytest.raises(SecretMissing):
        AgeStore().get(item)


@pytest.mark.parametrize("item", ["../../etc/passwd", "a" * 25, "A" * 26, "a" * 26 + "\n", "", "a/" + "b" * 24])
def test_refuses_item_keys_that_are_not_ours(item: str) -> None:
    for call in (AgeStore().get, AgeStore().delete):
        with pytest.raises(VaultError):
            call(item)


def test_a_lost_key_is_said_and_not_made_anew() -> None:
    item = new_item_key()
    AgeStore().put(item, Secret(CANARY))
    key_path().unlink()
    with pytest.raises(StoreUnavailable, match="missing"):
        AgeStore().get(item)
    assert not key_path().exists()


def test_another_key_does_not_open_it() -> None:
    item = new_item_key()
    AgeStore().put(item, Secret(CANARY))
    key_path().unlink()
    with pytest.raises(StoreUnavailable, match="only it opens"):
        AgeStore().put(new_item_key(), Secret("other"))
    aside = places.items_dir().rename(places.items_dir().with_name("aside"))
    AgeStore().put(new_item_key(), Secret("other"))
    (aside / f"{item}.age").rename(places.items_dir() / f"{item}.age")
    with pytest.raises(StoreUnavailable, match="does not open"):
        AgeStore().get(item)


def test_refuses_a_key_that_others_can_read_or_that_is_a_link(tmp_path: Path) -> None:
    item = new_item_key()
    AgeStore().put(item, Secret(CANARY))
    key_path().chmod(0o644)
    with pytest.raises(VaultError, match="other users"):
        AgeStore().get(item)
    key_path().chmod(0o600)
    key_path().rename(tmp_path / "moved.key")
    key_path().symlink_to(tmp_path / "moved.key")
    for call in (lambda: AgeStore().get(item), lambda: AgeStore().put(item, Secret("x"))):
        with pytest.raises(VaultError, match="link"):
            call()


def test_a_damaged_key_is_said_without_showing_it() -> None:
    item = new_item_key()
    AgeStore().put(item, Secret(CANARY))
    line = next(line for line in key_path().read_text().splitlines() if line.startswith("AGE"))
    key_path().write_text(line[:-4] + "\n")
    with pytest.raises(StoreUnavailable, match="damaged") as caught:
        AgeStore().get(item)
    assert line[:-4] not in caught.value.message + caught.value.hint


def test_a_damaged_item_is_said() -> None:
    item = new_item_key()
    AgeStore().put(item, Secret(CANARY))
    path = places.items_dir() / f"{item}.age"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(StoreUnavailable):
        AgeStore().get(item)


@pytest.mark.external
@pytest.mark.skipif(os.environ.get("UNSPRAWL_EXTERNAL") != "1", reason="set UNSPRAWL_EXTERNAL=1")
def test_the_age_program_opens_it() -> None:
    assert shutil.which("age"), "age is not installed"
    item = new_item_key()
    AgeStore().put(item, Secret(CANARY))
    command = ["age", "-d", "-i", str(key_path()), str(places.items_dir() / f"{item}.age")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == CANARY


def test_a_key_that_another_process_made_meanwhile_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both start on a new machine; the other one has its key and its first item right after we saw no key."""
    first, second = new_item_key(), new_item_key()
    AgeStore().put(first, Secret(CANARY))
    late = iter([True])

    def read(path: Path) -> bytes:
        if path == key_path() and next(late, False):
            raise FileNotFoundError
        return files.read_private(path)

    monkeypatch.setattr(age_store, "read_private", read)
    AgeStore().put(second, Secret(CANARY + "2"))
    assert not next(late, False)
    assert AgeStore().get(first) == Secret(CANARY)
    assert AgeStore().get(second) == Secret(CANARY + "2")
