"""husky, lefthook and simple-git-hooks from npm: what `hook --install` does or says makes them check each commit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.program import Program, program
from tests.cli.test_hook_install import checks
from tests.cli.test_staged_situations import committed, new
from tests.external import npm

pytestmark = pytest.mark.external

HUSKY = npm.Program("husky", "9.1.7", "bin.js")
SIMPLE = npm.Program("simple-git-hooks", "2.13.1", "cli.js")
LEFTHOOK = npm.Program(f"lefthook-{npm.NODE.package.split('-', 1)[1].removeprefix('bin-')}", "2.2.2", "bin/lefthook")


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    """With the machine's own tools and our Node on PATH."""
    made = program(home, tmp_path / "bin")
    path = f"{made.path.parent}:{npm.installed(npm.NODE).parent}:{npm.installed(LEFTHOOK).parent}:/usr/bin:/bin"
    return replace(made, environ=made.environ | {"PATH": path})


def run(start: Program, repo: Path, *words: str | Path) -> None:
    done = subprocess.run(words, cwd=repo, env=start.environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_husky(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    run(start, repo, *npm.command(HUSKY))
    (repo / ".husky" / "pre-commit").write_text("touch ran\n")
    assert start("hook", "--install", cwd=repo).returncode == 0
    assert checks(repo, start)
    assert (repo / "ran").exists()
    assert start("hook", "--uninstall", cwd=repo).returncode == 0
    assert (repo / ".husky" / "pre-commit").read_text() == "touch ran\n"
    assert not checks(repo, start)


def shown_lines(start: Program, repo: Path) -> list[str]:
    """The lines that are to be added."""
    done = start("hook", "--install", cwd=repo)
    assert done.returncode == 4
    return done.stdout.split("\n\n")[1].splitlines()


def test_lefthook(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    (repo / "lefthook.yml").write_text("# mine\n")
    with (repo / "lefthook.yml").open("a") as file:
        file.writelines(f"{line}\n" for line in shown_lines(start, repo))
    run(start, repo, "lefthook", "install")
    assert start("hook", "--install", cwd=repo).returncode == 0  # there already
    assert checks(repo, start)


def test_simple_git_hooks(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    (repo / "package.json").write_text('{"simple-git-hooks": {}}')
    settings = json.loads("{" + "".join(shown_lines(start, repo)) + "}")
    (repo / "package.json").write_text(json.dumps({"simple-git-hooks": settings}))
    run(start, repo, *npm.command(SIMPLE))
    assert start("hook", "--install", cwd=repo).returncode == 0
    assert checks(repo, start)


def test_pre_commit_finds_a_hook_of_ours_and_runs_it(start: Program, tmp_path: Path) -> None:
    """Whoever installs pre-commit later keeps the check: it goes on to what was there."""
    repo = committed(new(tmp_path / "r"))
    assert start("hook", "--install", cwd=repo).returncode == 0
    (repo / ".pre-commit-config.yaml").write_text("repos: []\n")
    environ = start.environ | {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PATH": start.environ["PATH"]}
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "install"], cwd=repo, env=environ, check=True, capture_output=True
    )
    assert os.path.exists(repo / ".git" / "hooks" / "pre-commit.legacy")
    assert checks(repo, replace(start, environ=environ))
