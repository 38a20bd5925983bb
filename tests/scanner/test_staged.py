"""What is staged, told by real git; a hostile repository starts nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.git import git

from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources import plumbing
from unsprawl.scanner.sources.index import changed, everything
from unsprawl.scanner.sources.plumbing import Silent
from unsprawl.scanner.sources.staged import Snapshot, contents, is_committed, listed_contents


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def ask(top: Path, *names: str, current: bool = True, commit: str = "") -> list[bytes | Problem | None]:
    found = contents(Snapshot(str(top), commit, current), [str(top / name) for name in names])
    return [content for _, content in found]


def committed(top: str, path: str) -> bool:
    return is_committed(Snapshot(top), path)


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


def test_a_submodule_and_a_link_hold_nothing_to_check(repo: Path) -> None:
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    (repo / "link").symlink_to("a")
    git(repo, "add", "link")
    put(repo, "a", "A")
    assert list(contents(Snapshot(str(repo)), [str(repo / name) for name in ("sub", "link", "a")])) == [
        (str(repo / "a"), b"A")
    ]
    (repo / "link").unlink()
    (repo / "link").write_text("no link on disk any more")
    assert list(listed_contents(Snapshot(str(repo)), everything(str(repo), current=True))) == [(str(repo / "a"), b"A")]


def test_a_file_whose_link_is_not_staged_yet(repo: Path) -> None:
    put(repo, "a", "A").unlink()
    (repo / "a").symlink_to("elsewhere")
    assert ask(repo, "a") == [b"A"]


def test_a_commit_instead_of_the_index(repo: Path) -> None:
    for name in ODD_NAMES:
        put(repo, name, "first")
    git(repo, "commit", "-qm", "x")
    first = git(repo, "rev-parse", "HEAD").strip()
    for name in ODD_NAMES:
        put(repo, name, "second")
    assert ask(repo, *ODD_NAMES, commit=first) == [b"first"] * len(ODD_NAMES)
    assert ask(repo, *ODD_NAMES, commit="HEAD") == [b"first"] * len(ODD_NAMES)
    assert ask(repo, *ODD_NAMES) == [b"second"] * len(ODD_NAMES)
    assert ask(repo, "new", commit=first) == [None]
    assert Snapshot(str(repo), first).exists()
    assert not Snapshot(str(repo), "1" * 40).exists()
    assert not Snapshot(str(repo), "--help").exists()


def test_content_that_is_not_here(repo: Path) -> None:
    git(repo, "update-index", "--add", "--cacheinfo", f"100644,{'2' * 40},a")
    (found,) = ask(repo, "a")
    assert isinstance(found, Problem)
    assert found.code == "not-here"


def conflict(repo: Path, name: str = "a") -> None:
    put(repo, name, "ancestor")
    git(repo, "commit", "-qm", "x")
    git(repo, "checkout", "-qb", "theirs")
    put(repo, name, "theirs")
    git(repo, "commit", "-qam", "x")
    git(repo, "checkout", "-q", "-")
    put(repo, name, "ours")
    git(repo, "commit", "-qam", "x")
    with pytest.raises(subprocess.CalledProcessError):
        git(repo, "merge", "-q", "theirs")


def test_both_sides_of_a_conflict(repo: Path) -> None:
    conflict(repo)
    put(repo, "b", "B")
    assert ask(repo, "a", "b") == [b"ours", b"theirs", b"B"]
    listed = changed(str(repo), current=True)
    assert [(each.path, each.side) for each in listed] == [("b", 0), ("a", 1), ("a", 2), ("a", 3)]
    found = [content for _, content in listed_contents(Snapshot(str(repo)), listed)]
    assert found == [b"B", b"ours", b"theirs"]


def names(repo: Path) -> list[str]:
    return sorted(each.path for each in changed(str(repo), current=True))


def test_what_is_staged(repo: Path) -> None:
    for name in (*ODD_NAMES, "kept"):
        put(repo, name, f"first {name}")
    assert names(repo) == sorted([*ODD_NAMES, "kept"])  # before the first commit
    git(repo, "commit", "-qm", "x")
    assert names(repo) == []
    (repo / "a.json").write_text("not staged")
    (repo / "untracked").write_text("x")
    assert names(repo) == []
    git(repo, "mv", "kept", "renamed")
    git(repo, "rm", "-q", "--cached", "with space.json")
    put(repo, ODD_NAMES[2], "second")
    (repo / "tab\t.json").chmod(0o755)
    git(repo, "add", "tab\t.json")
    (repo / "later").write_text("x")
    git(repo, "add", "--intent-to-add", "later")
    assert [name for name in names(repo) if name != "later"] == sorted(["renamed", ODD_NAMES[2], "tab\t.json"])
    assert ask(repo, "later") == [b""]


def test_a_broken_head_is_not_taken_for_an_empty_repository(repo: Path) -> None:
    put(repo, "a", "A")
    git(repo, "commit", "-qm", "x")
    head = git(repo, "symbolic-ref", "HEAD").strip()
    (repo / ".git" / head).write_text("1" * 40 + "\n")
    with pytest.raises(Silent):
        changed(str(repo), current=True)


@pytest.mark.skipif(os.name != "posix", reason="FIFOs")
@pytest.mark.parametrize("name", ["index", "config", "HEAD"])
def test_nobody_waits_for_a_pipe(repo: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(repo, "a", "A")
    monkeypatch.setattr(plumbing, "PATIENCE_S", 0.3)
    (repo / ".git" / name).unlink()
    os.mkfifo(repo / ".git" / name)
    first, second = ask(repo, "a", "b")
    assert isinstance(first, Problem)
    assert isinstance(second, Problem)
    assert first.code == "not-staged"
    with pytest.raises(Silent):
        changed(str(repo), current=True)


def test_too_large(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plumbing, "MAX_BYTES", 4)
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
