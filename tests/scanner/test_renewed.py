"""A known place with a new value, compared with what real git has of the commit before; a git that is stuck is told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.cli.homes import github
from tests.git import git

from unsprawl.scanner.commit_check import Checked, check
from unsprawl.scanner.commit_files import named_files
from unsprawl.scanner.sources import plumbing
from unsprawl.scanner.surroundings import Surroundings

FIRST, SECOND = github(701), github(702)


def put(repo: Path, token: str) -> None:
    server = {"command": "npx", "env": {"GITHUB_TOKEN": token}}
    (repo / ".mcp.json").write_text(json.dumps({"mcpServers": {"x": server}}))
    git(repo, "add", ".")


def checked(repo: Path, home: Path) -> Checked:
    around = Surroundings(str(home), str(repo), {}, real_home=os.path.realpath(home))
    return check(named_files([".mcp.json"], around), around, [])


@pytest.fixture
def repo(home: Path, tmp_path: Path) -> Path:
    """Its newest commit holds a secret and the baseline that knows its place; another value is staged."""
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    put(folder, FIRST)
    (finding,) = checked(folder, home).findings
    known = {"fingerprint": finding.fingerprint, "path": ".mcp.json", "rule": "github-pat-classic"}
    (folder / ".unsprawl.baseline.json").write_text(json.dumps({"schema_version": 1, "findings": [known]}))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "x")
    assert checked(folder, home).findings == []
    put(folder, SECOND)
    return folder


def test_a_new_value_is_shown(repo: Path, home: Path) -> None:
    found = checked(repo, home)
    assert [finding.secret.reveal() for finding in found.findings] == [SECOND]
    assert found.problems == []


@pytest.mark.skipif(os.name != "posix", reason="FIFOs")
def test_a_git_that_is_stuck_is_told(repo: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plumbing, "PATIENCE_S", 0.3)
    (repo / ".git/refs/heads/main").unlink()
    os.mkfifo(repo / ".git/refs/heads/main")
    (problem,) = checked(repo, home).problems
    assert (problem.path, problem.code) == (str(repo / ".mcp.json"), "not-staged")
    assert "git did not tell what the last commit holds" in problem.message
    assert problem.hint


@pytest.mark.parametrize(("most", "told"), [(-1, True), (100, True), (2, True), (1, False), (0, False)])
def test_no_more_than_asked_for(repo: Path, most: int, told: bool) -> None:
    (repo / "two").write_text("ab")
    git(repo, "add", "two")
    said = plumbing.answer(str(repo), "cat-file", "blob", ":0:two", current=False, most=most)
    assert said == (b"ab" if told else None)
