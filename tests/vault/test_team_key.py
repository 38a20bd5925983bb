"""The team's key: made once, handed on as a file whose damage is seen, and told by a name that says nothing of it."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from unsprawl.scanner.errors import VaultError
from unsprawl.vault.key_file import digest
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.team_key import forget, keep, name_of, needed, parsed, path, team_key, written

KEY = bytes(range(32))


def test_there_is_none_until_one_is_made() -> None:
    assert team_key() is None
    with pytest.raises(VaultError, match="no team key") as stopped:
        needed()
    assert "unsprawl team key --new" in stopped.value.hint
    assert team_key() is None
    assert keep()
    made = team_key()
    assert made is not None
    assert len(made) == 32
    assert stat.S_IMODE(path().stat().st_mode) == 0o600
    assert not keep(KEY)
    assert (team_key(), needed()) == (made, made)
    assert keep(KEY, replace=True)
    assert team_key() == KEY
    assert stat.S_IMODE(path().stat().st_mode) == 0o600
    assert forget()
    assert not forget()
    assert team_key() is None


def test_it_is_not_the_machine_s() -> None:
    keep()
    assert team_key() != machine_key()


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_damaged_one_is_no_key(content: bytes) -> None:
    keep()
    path().write_bytes(content)
    with pytest.raises(VaultError, match="damaged") as stopped:
        team_key()
    assert "--import" in stopped.value.hint


def test_one_that_others_read_is_refused() -> None:
    keep()
    path().chmod(0o644)
    with pytest.raises(VaultError, match="other users"):
        team_key()


def test_the_name_is_a_constant_under_the_key() -> None:
    assert re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){2}", name_of(KEY))
    assert name_of(KEY) == name_of(bytes(KEY))
    assert name_of(KEY) != name_of(KEY[::-1])
    assert name_of(KEY).replace("-", "") not in KEY.hex()
    assert not digest(KEY, "anything").startswith(name_of(KEY).replace("-", ""))


def test_what_is_written_is_read() -> None:
    assert parsed(written(KEY)) == KEY
    assert parsed(written(KEY).replace(b"\n", b"\r\n")) == KEY
    assert KEY not in written(KEY)


WHOLE = written(KEY)
DAMAGED = [
    (b"", "no team key"),
    (KEY, "no team key"),
    (b'{"mcpServers": {}}', "no team key"),
    (b"\xff\xfe" + WHOLE, "no team key"),
    (WHOLE[:-1].rsplit(b"\n", 1)[0] + b"\n", "damaged"),
    (WHOLE[: WHOLE.index(b"key: ") + 20], "damaged"),
    (WHOLE.replace(b"key: AAEC", b"key: AAED"), "damaged"),
    (WHOLE.replace(b"key: AAEC", b"key: AA"), "damaged"),
    (re.sub(rb"name: ....", b"name: 0000", WHOLE), "damaged"),
    (WHOLE + b"key: AAAA\n", "damaged"),
    (WHOLE.replace(b"version 1", b"version 2"), "version 2"),
    (WHOLE.replace(b"# Hand", b"Hand"), "damaged"),
]


@pytest.mark.parametrize(("data", "says"), DAMAGED, ids=map(str, range(len(DAMAGED))))
def test_a_damaged_file_is_seen(data: bytes, says: str) -> None:
    assert data != WHOLE
    told = parsed(data)
    assert isinstance(told, str)
    assert says in told
    assert "AAEC" not in told


def test_the_folder_is_private(home: Path) -> None:
    keep()
    assert stat.S_IMODE((home / ".config" / "unsprawl").stat().st_mode) == 0o700
