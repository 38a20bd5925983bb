"""The memory of what was revoked: who is in it, what it holds, what becomes of a damaged one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsprawl.rewriters.holders import Holder, Kind
from unsprawl.rewriters.revoked import BY_HAND, BY_VENDOR, Memory, memory_or_none, path
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.secret import Secret

LONG = Secret("sk" + "_Q8zT3vXn5Rb7Lw2Kd9Pf4Hs6Jm1Yc0Ga")
OTHER = Secret("sk" + "_A1bC2dE3fG4hI5jK6lM7nO8pQ9rS0tU1")


def test_it_remembers_over_runs_and_holds_no_secret(home: Path) -> None:
    memory = Memory()
    assert memory.of(LONG) is None
    assert memory.add(LONG, "Acme key", BY_VENDOR)
    again = Memory()
    found = again.of(Secret(LONG.reveal()))
    assert found is not None
    assert (found.what, found.how) == ("Acme key", BY_VENDOR)
    assert again.of(OTHER) is None
    assert LONG.reveal() not in path().read_text()
    assert path().stat().st_mode & 0o077 == 0
    again.drop(LONG)
    assert Memory().of(LONG) is None
    assert list(Memory()) == []


def test_it_says_when_a_value_cannot_be_remembered(home: Path) -> None:
    assert not Memory().add(Secret("hunter2"), "password", BY_HAND)
    assert not path().exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 2, "revoked": []}', '{"schema_version": 1}'])
def test_a_damaged_one_is_told_and_not_overwritten(text: str, home: Path) -> None:
    Memory().add(LONG, "key", BY_HAND)
    path().write_text(text)
    with pytest.raises(VaultError, match="damaged"):
        Memory()
    assert memory_or_none() is None
    assert path().read_text() == text


def test_one_secret_is_there_once(home: Path) -> None:
    memory = Memory()
    for how in (BY_HAND, BY_VENDOR):
        memory.add(LONG, "key", how)
    assert [each["how"] for each in json.loads(path().read_text())["revoked"]] == [BY_VENDOR]


@pytest.mark.parametrize(
    ("text", "secret", "held"),
    [
        (LONG.reveal(), LONG.reveal(), True),
        (f"Bearer {LONG.reveal()}", LONG.reveal(), True),
        ("hunter2 and more", "hunter2", False),
        ("hunter2", "hunter2", True),
        (LONG.reveal()[:-1], LONG.reveal(), False),
    ],
)
def test_what_holds_a_secret(text: str, secret: str, held: bool) -> None:
    holder = Holder(Kind.VAULT, "x", "x", Secret(text))
    assert holder.holds(Secret(secret)) is held
    assert secret not in repr(holder)
