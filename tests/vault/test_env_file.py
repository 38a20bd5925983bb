from __future__ import annotations

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import env_file
from unsprawl.vault.files import private_folder

VALUES = [
    "plain",
    "it's",
    "'",
    "''",
    "\\",
    "a\\'b",
    "$HOME `id` $(id) !x",
    "two\nlines\n",
    "\nexport EVIL='x'\n",
    "",
    "é😀",
    "\t\r\n",
]
TEXTS = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def sourced(name: str) -> bytes:
    """What a POSIX shell that sources the file passes on."""
    script = f'. "$1"; printf %s "${name}"'
    done = subprocess.run(["sh", "-c", script, "sh", str(env_file.path())], capture_output=True, check=True)
    return done.stdout


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_a_shell_reads_what_was_set(value: str) -> None:
    env_file.set_variable("OTHER", Secret("unchanged"))
    env_file.set_variable("TOKEN", Secret(value))
    assert sourced("TOKEN").decode() == value
    assert sourced("OTHER") == b"unchanged"
    assert env_file.get_variable("TOKEN") == Secret(value)
    assert env_file.names() == ("OTHER", "TOKEN")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(values=st.lists(TEXTS, min_size=1, max_size=4))
def test_any_text_comes_back(values: list[str]) -> None:
    for number, value in enumerate(values):
        env_file.set_variable(f"V{number}", Secret(value))
    for number, value in enumerate(values):
        assert env_file.get_variable(f"V{number}") == Secret(value)
    assert sourced("V0").decode() == values[0]


def test_setting_again_replaces_and_removing_removes() -> None:
    env_file.set_variable("A", Secret("1"))
    env_file.set_variable("B", Secret("2"))
    env_file.set_variable("A", Secret("3"))
    assert env_file.names() == ("B", "A")
    assert sourced("A") == b"3"
    assert env_file.remove_variable("A")
    assert not env_file.remove_variable("A")
    assert env_file.get_variable("A") is None
    assert "3" not in env_file.path().read_text()


def test_is_private() -> None:
    env_file.set_variable("A", Secret("1"))
    assert env_file.path().stat().st_mode & 0o777 == 0o600
    env_file.path().chmod(0o644)
    with pytest.raises(VaultError, match="other users"):
        env_file.set_variable("B", Secret("1"))


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A=B", "A;id", "É", "A\n"])
def test_refuses_what_is_no_name(name: str) -> None:
    with pytest.raises(VaultError):
        env_file.set_variable(name, Secret("x"))


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_refuses_what_a_shell_cannot_hold(value: str) -> None:
    with pytest.raises(VaultError):
        env_file.set_variable("A", Secret(value))
    assert not env_file.path().exists()


def test_keeps_lines_of_the_user() -> None:
    private_folder(env_file.path().parent)
    env_file.path().write_text("# it's mine\nPLAIN=1\nexport A='1'\nlast=2")
    env_file.path().chmod(0o600)
    env_file.set_variable("A", Secret("2"))
    assert env_file.path().read_text() == "# it's mine\nPLAIN=1\nlast=2\nexport A='2'\n"


@pytest.mark.parametrize("line", ['X="', "X='a", "echo \\", "cat <<E", "X=`id`", "export A='1'; id"])
def test_stops_at_lines_that_may_run_on(line: str) -> None:
    private_folder(env_file.path().parent)
    text = f"{line}\nexport A='1'\n"
    env_file.path().write_text(text)
    env_file.path().chmod(0o600)
    with pytest.raises(VaultError, match=r"env\.sh:1"):
        env_file.set_variable("A", Secret("2"))
    assert env_file.path().read_text() == text
