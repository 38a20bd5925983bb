"""Killed at any step of a migration on a branch: the next start leaves nothing of it, or all of it; no key is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rewriters.branch_support import BRANCH, VALUES, git, leaks, new_objects, repository, run, snapshot, user
from tests.rewriters.support import NOTHING, kept, last_journal, stored_values, strays
from unsprawl.rewriters.journal import BranchState
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.status import MigrationStatus, status
from unsprawl.rewriters.undo import branch_back, undo

pytestmark = pytest.mark.skipif(os.name != "posix" or shutil.which("git") is None, reason="SIGKILL")
ROOT = Path(__file__).parents[2]
PRE_COMMIT = "repos:\n- repo: https://example.com/x\n  rev: v1\n  hooks:\n  - id: a\n"


@pytest.fixture(autouse=True)
def nobody_else_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what lies about is a killed run's, however young."""
    monkeypatch.setattr("unsprawl.rewriters.recover._WRITING_TAKES_S", 0)


def child(home: Path, action: str, kill_at: int, *folders: Path) -> tuple[int, list[str]]:
    """How the process ended, and the steps that it took."""
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    words = [sys.executable, "-m", "tests.rewriters.branch_child", action, str(home), "", str(kill_at)]
    done = subprocess.run(
        [*words, *map(str, folders)], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert not leaks(done.stdout + done.stderr), "a value was printed"
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.split("\n")[:-1]


def made(home: Path) -> tuple[Path, dict[str, object]]:
    user(home)
    folder = repository(home / "a", {".pre-commit-config.yaml": PRE_COMMIT})
    return folder, snapshot(folder)


def check(folder: Path, before: dict[str, object], step: str) -> bool:
    """After the next start: nothing of it, or all of it; answers whether it is all."""
    assert not strays(folder), step
    assert not (folder / ".git" / "index.lock").exists(), step
    git(folder, "fsck", "--strict")
    if git(folder, "branch", "--show-current") == BRANCH:
        assert git(folder, "status", "--porcelain") == "", step
        assert all(any(value in text for text in stored_values()) for value in VALUES), step
        assert not leaks(new_objects(folder, "main", "HEAD").decode("latin-1")), step
        assert last_journal().branch.state is BranchState.MADE  # type: ignore[union-attr]
        return True
    assert snapshot(folder) == before, step
    assert kept() == NOTHING, step
    return False


def test_every_step_of_making_it(home: Path) -> None:
    folder, before = made(home)
    code, steps = child(home, "migrate", -1, folder)
    assert code == 0
    assert check(folder, before, "unharmed")
    undo(last_journal())
    branch_back(last_journal())
    assert snapshot(folder) == before
    ends = set()
    for number, step in enumerate(steps):
        assert child(home, "migrate", number, folder)[0] == -signal.SIGKILL, step
        recover()
        all_of_it = check(folder, before, step)
        ends.add(all_of_it)
        if all_of_it:
            undo(last_journal())
            branch_back(last_journal())
            assert not check(folder, before, step)
        assert recover() == (), step
    assert ends == {True, False}


def test_every_step_of_taking_it_back(home: Path) -> None:
    folder, before = made(home)
    assert child(home, "migrate", -1, folder)[0] == 0
    code, steps = child(home, "undo", -1)
    assert code == 0
    assert not check(folder, before, "unharmed")
    assert "after _head_back" in steps
    for number, step in enumerate(steps):
        assert run(home, folder, target="run").only["status"] == "done"
        assert child(home, "undo", number)[0] == -signal.SIGKILL, step
        recover()
        undo(last_journal())
        branch_back(last_journal())
        assert not check(folder, before, step)


def test_status_tells_of_the_branch(home: Path) -> None:
    folder, _ = made(home)

    def told() -> str:
        [found] = [each for each in status() if isinstance(each, MigrationStatus)]
        return found.branch

    run(home, folder)
    assert told() == "checked-out"
    git(folder, "switch", "-q", "main")
    assert told() == "there"
    git(folder, "merge", "-q", "--no-ff", "-m", "merged", BRANCH)
    assert told() == "there"
    git(folder, "branch", "-q", "-D", BRANCH)
    assert told() == "gone"
    shutil.move(folder, home / "elsewhere")
    assert told() == "unknown"
