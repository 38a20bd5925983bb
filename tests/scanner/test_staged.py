"""What is staged, told by real git; a hostile repository starts nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources import staged as module
from unsprawl.scanner.sources.staged import committed, staged


def git(folder: Path, *words: str | bytes) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def ask(top: Path, *names: str, current: bool = True) -> list[bytes | Problem | None]:
    return list(staged(str(top), [str(top / name) for name in names], current=current))


def put(top: Path, name: str, text: str) -> Path:
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    git(top, "--literal-pathspecs", "add", "--", name)
    return path


ODD_NAMES = ["a.json", "with space.json", "ünï 日本.json", "new\nline.json", "tab\t.json", "-dash.json", ":colon.json"]
ODD_NAMES += ["sub/deep/a.json", "[x]*.json", 'quo"te.json', "back\\slash.json", "a blob 5"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_the_staged_content_and_not_the_disk(repo: Path, name: str) -> None:
    put(repo, name, "staged").write_text("on disk")
    assert ask(repo, name) == [b"staged"]  # in a repository that has no commit yet
    git(repo, "commit", "-qm", "x")
    assert ask(repo, name) == [b"staged"]
    assert committed(str(repo), str(repo / name))


def test_a_name_that_is_not_utf8(repo: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.json")
    (repo / name).write_text("staged")
    git(repo, "add", ".")
    assert ask(repo, name) == [b"staged"]


def test_many_at_once_in_order(repo: Path) -> None:
    (repo / "unstaged").write_text("x")
    put(repo, "a", "A\n")
    put(repo, "b", "")
    put(repo, "c", "C" * 300_000)
    put(repo, "n\nl", "N")
    assert ask(repo, "c", "unstaged", "n\nl", "b", "missing", "a") == [b"C" * 300_000, None, b"N", b"", None, b"A\n"]


def test_deleted(repo: Path) -> None:
    put(repo, "a", "A").unlink()
    assert ask(repo, "a") == [b"A"]
    git(repo, "commit", "-qm", "x")
    git(repo, "rm", "-q", "--cached", "a")
    assert ask(repo, "a") == [None]
    assert committed(str(repo), str(repo / "a"))
    assert not committed(str(repo), str(repo / "b"))


def test_binary_content_comes_as_it_is(repo: Path) -> None:
    (repo / "a").write_bytes(bytes(range(256)))
    git(repo, "add", "a")
    assert ask(repo, "a") == [bytes(range(256))]


def test_a_submodule_is_no_file(repo: Path) -> None:
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    assert ask(repo, "sub") == [None]


def test_too_large(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 4)
    put(repo, "a", "12345")
    put(repo, "b", "1234")
    large, small = ask(repo, "a", "b")
    assert isinstance(large, Problem)
    assert large.code == "too-large"
    assert small == b"1234"


def test_a_linked_worktree(repo: Path, tmp_path: Path) -> None:
    put(repo, "a", "main")
    git(repo, "commit", "-qm", "x")
    tree = tmp_path / "tree"
    git(repo, "worktree", "add", "-q", str(tree))
    put(tree, "a", "tree").write_text("disk")
    assert ask(tree, "a") == [b"tree"]
    assert ask(repo, "a") == [b"main"]


def test_the_index_of_the_commit_that_runs(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(repo, "a", "first")
    (repo / ".git/index").rename(repo / ".git/other-index")
    put(repo, "a", "second")
    monkeypatch.chdir(repo)
    for spelled in (".git/other-index", str(repo / ".git/other-index")):
        monkeypatch.setenv("GIT_INDEX_FILE", spelled)
        monkeypatch.setenv("GIT_DIR", ".git")
        assert ask(repo, "a") == [b"first"]
        assert ask(repo, "a", current=False) == [b"second"]  # it speaks of another repository


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (found,) = ask(tmp_path, "a")
    assert isinstance(found, Problem)
    assert found.code == "not-staged"
    assert found.hint


def test_no_git(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert [type(found) for found in ask(repo, "a", "b")] == [Problem, Problem]


def test_a_file_outside_ends_nothing_silently(repo: Path) -> None:
    put(repo, "a", "A")
    outside, inside = ask(repo, "../x", "a")
    assert isinstance(outside, Problem)
    assert isinstance(inside, Problem)


def test_a_replaced_object_does_not_fool_it(repo: Path) -> None:
    put(repo, "a", "what is committed")
    put(repo, "b", "harmless")
    ids = [line.split()[1] for line in git(repo, "ls-files", "-s").splitlines()]
    git(repo, "replace", ids[0], ids[1])
    assert git(repo, "cat-file", "blob", ":a") == "harmless"
    assert ask(repo, "a") == [b"what is committed"]


def test_a_hostile_repository_starts_nothing(repo: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    script.chmod(0o755)
    put(repo, "a", "A")
    put(repo, ".gitattributes", "* diff=evil filter=evil merge=evil\n")
    hooks = repo / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "pre-commit", "fsmonitor-watchman", "reference-transaction", "post-checkout"):
        (hooks / hook).write_text(script.read_text())
        (hooks / hook).chmod(0o755)
    settings = {
        "core.fsmonitor": script,
        "core.hooksPath": hooks,
        "core.pager": script,
        "core.sshCommand": script,
        "core.askPass": script,
        "core.editor": script,
        "core.alternateRefsCommand": script,
        "diff.external": script,
        "diff.evil.textconv": script,
        "diff.evil.command": script,
        "filter.evil.smudge": script,
        "filter.evil.clean": script,
        "filter.evil.process": script,
        "credential.helper": f"!{script}",
        "alias.cat-file": f"!{script}",
        "remote.origin.url": str(tmp_path / "origin"),
        "remote.origin.uploadpack": script,
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
    }
    for name, value in settings.items():
        git(repo, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "config", name, str(value))
    marker.unlink(missing_ok=True)
    # An object that is not there is what a partial clone fetches at once.
    absent = f"100644,{'2' * 40},absent"
    guarded = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
    git(repo, *guarded, "update-index", "--add", "--cacheinfo", absent)
    marker.unlink(missing_ok=True)
    first, second, third = ask(repo, "a", "absent", "new\nline")
    assert first == b"A"
    assert second is None or isinstance(second, Problem)
    assert third is None
    committed(str(repo), str(repo / "a"))
    assert not marker.exists()
