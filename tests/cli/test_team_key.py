"""`unsprawl team key`."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.cli.program import Program, on_a_terminal, program
from unsprawl.vault.team_key import name_of, parsed


def raw(home: Path) -> bytes:
    return (home / ".config/unsprawl/team.key").read_bytes()


def test_from_one_to_another(home: Path, tmp_path: Path, start: Program) -> None:
    told = start("team", "key")
    assert (told.returncode, "none here" in told.stdout, "--new" in told.stdout) == (0, True, True)
    made = start("team", "key", "--new")
    key = raw(home)
    name = name_of(key)
    assert (made.returncode, name in made.stdout) == (0, True)
    assert start("team", "key").stdout == f"team key: {name}\n"
    file = tmp_path / "for bo.key"
    done = start("team", "key", "--export", str(file))
    assert (done.returncode, name in done.stdout) == (0, True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert parsed(file.read_bytes()) == key
    other = tmp_path / "bo"
    other.mkdir()
    bo = program(other, tmp_path / "bo-bin")
    taken = bo("team", "key", "--import", str(file))
    assert (taken.returncode, name in taken.stdout, "delete the file" in taken.stdout) == (0, True, True)
    assert raw(other) == key
    assert "that you have" in bo("team", "key", "--import", str(file)).stdout
    assert bo("team", "key").stdout == f"team key: {name}\n"
    shown = "".join(each.stdout + each.stderr for each in (told, made, done, taken))
    assert file.read_text().split("key: ")[1].split()[0] not in shown
    assert key.hex() not in shown


def test_one_that_is_there_is_kept(home: Path, tmp_path: Path, start: Program) -> None:
    start("team", "key", "--new")
    first = raw(home)
    again = start("team", "key", "--new")
    assert (again.returncode, "there is a team key already" in again.stderr) == (4, True)
    assert raw(home) == first
    file = tmp_path / "key"
    start("team", "key", "--export", str(file))
    assert start("team", "key", "--new", "--replace").returncode == 0
    second = raw(home)
    assert second != first
    refused = start("team", "key", "--import", str(file))
    assert (refused.returncode, name_of(first) in refused.stderr, name_of(second) in refused.stderr) == (4, True, True)
    assert raw(home) == second
    assert start("team", "key", "--import", str(file), "--replace").returncode == 0
    assert raw(home) == first


def test_a_file_is_never_replaced_and_never_in_a_repository(
    home: Path, project: Path, tmp_path: Path, start: Program
) -> None:
    start("team", "key", "--new")
    there = tmp_path / "there"
    there.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    (project / "sub").mkdir()
    (project / ".gitignore").write_text("*.key\n")
    for path, code, says in (
        (there, 4, "already"),
        (project / "team.key", 4, "git work tree"),
        (project / "sub" / "x", 4, "git work tree"),
        (tmp_path / "none" / "x", 2, "no such folder"),
        (tmp_path, 2, "folder"),
        (home / ".claude.json", 2, "an MCP host reads"),
        ("-", 2, "never shown"),
        ("/dev/stdout", 2, "never shown"),
    ):
        done = start("team", "key", "--export", str(path))
        assert (done.returncode, says in done.stderr, done.stdout) == (code, True, ""), (path, done.stderr)
    assert there.read_text() == "mine"
    assert list(project.rglob("*.key")) == []
    done = start("team", "key", "--export", str(link))
    written = tmp_path / "nowhere"
    assert done.returncode == 0
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--new", "--forget"], "Choose one"),
        (["--new", "--export", "x"], "Choose one"),
        (["--replace"], "--new or --import"),
        (["--yes"], "--forget"),
        (["--import", "nosuch"], "no such file"),
        (["--import", "."], "folder"),
        (["--import", "fifo"], "not a regular file"),
        (["--import", "wrong"], "is no team key"),
        (["--import", "large"], "larger than"),
    ],
)
def test_usage(words: list[str], says: str, home: Path, start: Program) -> None:
    os.mkfifo(home / "fifo")
    (home / "wrong").write_text('{"mcpServers": {}}')
    (home / "large").write_text("unsprawl team key" + "x" * 9999)
    done = start("team", "key", *words)
    assert (done.returncode, says in done.stderr) == (2, True), done.stderr
    assert not (home / ".config/unsprawl/team.key").exists()


def test_without_one_nothing_is_exported(tmp_path: Path, start: Program) -> None:
    done = start("team", "key", "--export", str(tmp_path / "x"))
    assert (done.returncode, "there is no team key here" in done.stderr) == (4, True)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("harm", ["cut", "open"])
def test_one_that_cannot_be_used_is_replaced_or_forgotten(
    harm: str, home: Path, tmp_path: Path, start: Program
) -> None:
    start("team", "key", "--new")
    key, place, file = raw(home), home / ".config/unsprawl/team.key", tmp_path / "key"
    start("team", "key", "--export", str(file))

    def spoil() -> None:
        place.write_bytes(key[:5] if harm == "cut" else key)
        place.chmod(0o600 if harm == "cut" else 0o644)

    spoil()
    told = start("team", "key", "--import", str(file))
    assert told.returncode == 4
    assert ("--import FILE --replace" if harm == "cut" else "chmod 600") in told.stderr
    done = start("team", "key", "--import", str(file), "--replace")
    assert (done.returncode, name_of(key) in done.stdout) == (0, True), done.stderr
    assert (raw(home), stat.S_IMODE(place.stat().st_mode)) == (key, 0o600)
    spoil()
    assert start("team", "key", "--forget", "--yes").returncode == 0
    assert not place.exists()


def test_a_file_that_came_by_git_is_told(home: Path, project: Path, tmp_path: Path, start: Program) -> None:
    start("team", "key", "--new")
    start("team", "key", "--export", str(tmp_path / "key"))
    start("team", "key", "--forget", "--yes")
    (tmp_path / "key").rename(project / "key")
    done = start("team", "key", "--import", str(project / "key"))
    assert (done.returncode, "make a new team key" in done.stderr) == (0, True)


def test_forgetting_asks(home: Path, start: Program) -> None:
    assert "no team key" in start("team", "key", "--forget").stdout
    start("team", "key", "--new")
    done = start("team", "key", "--forget")
    assert (done.returncode, "--yes" in done.stderr) == (2, True)
    assert raw(home)
    done = start("team", "key", "--forget", "--yes")
    assert done.returncode == 0
    assert not (home / ".config/unsprawl/team.key").exists()


def test_the_terminal_shows_no_key(home: Path, start: Program) -> None:
    shown = on_a_terminal(start, "team", "key", "--new")
    assert shown.code == 0
    assert raw(home).hex() not in shown.screen
