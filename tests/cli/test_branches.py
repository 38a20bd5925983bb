"""`migrate --branch` on a terminal: each repository is shown and asked about."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.cli.terminal import Terminal
from tests.rewriters.branch_support import git, repository, snapshot, user

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of its own")


def test_each_repository_is_asked_about(start: Program, home: Path) -> None:
    user(home)
    one, other, last = (repository(home / name) for name in ("one", "other", "last"))
    before = {folder: snapshot(folder) for folder in (one, last)}
    with Terminal(start, "migrate", "one", "other", "last", "--branch", "keys", "--store", "age-file") as terminal:
        terminal.until(r"Make this commit\?")
        assert "~/last   3 entries in 2 files; from main" in terminal.shown, "all are checked before one is asked about"
        assert "new  MIGRATION.md" in terminal.shown
        terminal.press("n")
        terminal.until(r"Make this commit\?", 2)
        terminal.press("y")
        terminal.until(r"Make this commit\?", 3)
        terminal.press("q")
        assert terminal.end() == 1
        said = " ".join(terminal.shown.split())
        assert "1 repository has a commit on keys; 2 repositories stay as before" in said
    assert git(other, "branch", "--show-current") == "keys"
    assert {folder: snapshot(folder) for folder in before} == before


def test_ctrl_c_at_the_question_changes_nothing(start: Program, home: Path) -> None:
    user(home)
    folder = repository(home / "one")
    before = snapshot(folder)
    with Terminal(start, "migrate", "one", "--branch", "keys", "--store", "age-file") as terminal:
        terminal.until(r"Make this commit\?")
        terminal.press("\x03")
        assert terminal.end() == 130
        assert "nothing was changed" in terminal.shown
    assert snapshot(folder) == before


def test_ctrl_c_after_a_commit_tells_of_that_commit(start: Program, home: Path) -> None:
    user(home)
    one, other = repository(home / "one"), repository(home / "other")
    before = snapshot(other)
    with Terminal(start, "migrate", "one", "other", "--branch", "keys", "--store", "age-file") as terminal:
        terminal.until(r"Make this commit\?")
        terminal.press("y")
        terminal.until(r"Make this commit\?", 2)
        terminal.press("\x03")
        assert terminal.end() == 130
        said = " ".join(terminal.shown.split())
    assert "nothing was changed" not in said
    assert "1 repository has a commit on keys; 1 repository stays as before" in said
    assert "unsprawl undo" in said
    assert git(one, "branch", "--show-current") == "keys"
    assert snapshot(other) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--branch", "x", "--start"], "verify --start"),
        (["--branch", "x", "--plan-out", "p.json"], "--dry-run"),
        (["--branch", "x", "--plan", "p.json"], "names no branch"),
        (["--branch", "x", "--status"], "--status does not go with --branch"),
        (["--hooks", "run"], "--hooks is for --branch"),
        (["--branch", "x", "--hooks", "maybe"], "is not one of"),
        (["--branch", "a..b"], "no name for a branch"),
    ],
)
def test_what_does_not_go_together(words: list[str], says: str, start: Program, home: Path) -> None:
    done = start("migrate", *words)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.split())


def test_without_a_path_it_is_the_current_repository(start: Program, home: Path) -> None:
    user(home)
    folder = repository(home / "one")
    done = start("migrate", "--branch", "keys", "--yes", "--store", "age-file", cwd=folder / ".cursor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(folder, "branch", "--show-current") == "keys"
