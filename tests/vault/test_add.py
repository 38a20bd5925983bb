"""A record made by hand, for an entry that somebody else migrated in a shared file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from unsprawl.scanner.errors import BindingRefused, UsageError, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.add import add
from unsprawl.vault.binding import check
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.places import items_dir
from unsprawl.vault.records import load
from unsprawl.vault.service import withdraw

VALUE = "".join(["kq", "_", "9fLm2Xw7", "Zt4Rb8Vc"])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app" / ".git").mkdir(parents=True)
    (tmp_path / "app" / "deep").mkdir()
    return tmp_path / "app"


def test_the_record_serves_this_command_in_this_project_only(project: Path, tmp_path: Path) -> None:
    argv = ["/bin/cat", "-"]
    add("tickets", {"TICKETS_TOKEN": Secret(VALUE)}, argv, str(project / "deep"), os.environ)
    record = load("tickets", str(project))
    assert record.project == str(project)
    [(name, item)] = record.variables
    assert (name, withdraw(record.store, item)) == ("TICKETS_TOKEN", Secret(VALUE))
    assert check(record, argv, str(project), os.environ, machine_key()) == "/bin/cat"
    with pytest.raises(BindingRefused):
        check(record, ["/bin/cat", "-", "x"], str(project), os.environ, machine_key())
    with pytest.raises(BindingRefused):
        load("tickets", str(tmp_path))


def test_a_second_one_is_refused_and_changes_nothing(project: Path) -> None:
    add("tickets", {"T": Secret(VALUE)}, ["/bin/cat"], str(project), os.environ)
    with pytest.raises(UsageError, match="already"):
        add("tickets", {"T": Secret("other")}, ["/bin/cat"], str(project), os.environ)
    [(_, item)] = load("tickets", str(project)).variables
    assert withdraw("age-file", item) == Secret(VALUE)


def test_nothing_is_kept_when_the_record_cannot_be_saved(project: Path) -> None:
    with pytest.raises(VaultError):
        add("tickets", {"NOT A NAME": Secret(VALUE)}, ["/bin/cat"], str(project), os.environ)
    assert list(items_dir().glob("*.age")) == []
