"""The memory of what was revoked: who is in it, what it holds, what becomes of a damaged one."""

from __future__ import annotations

import json
import subprocess
import sys
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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"schema_version": 2, "revoked": []}',
        '{"schema_version": 1}',
        '{"schema_version": 1, "revoked": [{"secret_id": "x", "what": "key", "how": "hand", "at": 7}]}',
        '{"schema_version": 1, "revoked": [{"secret_id": [], "what": "key", "how": "hand", "at": ""}]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_one_is_told_and_not_overwritten(text: str, home: Path) -> None:
    Memory().add(LONG, "key", BY_HAND)
    path().write_text(text)
    with pytest.raises(VaultError, match="damaged"):
        Memory()
    assert memory_or_none() is None
    assert path().read_text() == text


def test_two_runs_at_once_forget_nothing_of_each_other(home: Path) -> None:
    """One may wait for a vendor for a minute after it has read the file."""
    first, second = Memory(), Memory()
    first.add(LONG, "key", BY_HAND)
    second.add(OTHER, "key", BY_VENDOR)
    assert {each.how for each in Memory()} == {BY_HAND, BY_VENDOR}
    first.drop(OTHER)
    assert [each.how for each in Memory()] == [BY_HAND]
    second.drop(LONG)
    assert list(Memory()) == []


def test_many_processes_at_once(home: Path) -> None:
    code = (
        "import sys; from unsprawl.rewriters.revoked import Memory; from unsprawl.scanner.secret import Secret\n"
        "for n in range(5):\n"
        "    Memory().add(Secret('sk' + '_' + sys.argv[1] * 3 + str(n) + 'Q8zT3vXn5Rb7Lw2Kd9Pf'), 'key', 'hand')"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, f"w{number}"]) for number in range(4)]
    assert [process.wait() for process in started] == [0] * 4
    assert len(list(Memory())) == 20


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
