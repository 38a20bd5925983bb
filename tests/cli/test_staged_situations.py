"""What is staged is what is checked, in every situation that a repository can be in: by real git, by each command."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.cli.test_hook import CLEAN, DIRTY, TOKEN

NAME = ".mcp.json"
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in
            (("NAME", "T"), ("EMAIL", "t@example.com"))}  # fmt: skip


def git(folder: Path, *words: str, stdin: str = "", env: dict[str, str] | None = None, code: int = 0) -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **IDENTITY, "GIT_CONFIG_NOSYSTEM": "1", **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def new(folder: Path, *options: str) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", *options)
    return folder


def stage(repo: Path, text: str, disk: str, name: str = NAME) -> Path:
    (repo / name).write_text(text)
    git(repo, "add", "-f", "--", name)
    (repo / name).write_text(disk)
    return repo


def committed(repo: Path) -> Path:
    (repo / "first").write_text("x")
    git(repo, "add", "first")
    git(repo, "commit", "-qm", "first")
    return repo


def no_commit_yet(folder: Path, staged: str, disk: str) -> Path:
    return stage(new(folder / "r"), staged, disk)


def second_commit(folder: Path, staged: str, disk: str) -> Path:
    return stage(committed(new(folder / "r")), staged, disk)


def detached(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    git(repo, "checkout", "-q", "--detach")
    return stage(repo, staged, disk)


def orphan(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    git(repo, "checkout", "-q", "--orphan", "other")
    return stage(repo, staged, disk)


def changed(folder: Path, staged: str, disk: str) -> Path:
    repo = stage(new(folder / "r"), '{"mcpServers": {}}', "")
    git(repo, "commit", "-qm", "x")
    return stage(repo, staged, disk)


def renamed(folder: Path, staged: str, disk: str) -> Path:
    repo = stage(new(folder / "r"), staged, staged, "old.json")
    git(repo, "commit", "-qm", "x")
    git(repo, "mv", "old.json", NAME)
    (repo / NAME).write_text(disk)
    return repo


def merged(folder: Path, staged: str, disk: str) -> Path:
    """The other branch brings it in; the merge waits for its commit."""
    repo = committed(new(folder / "r"))
    git(repo, "checkout", "-qb", "other")
    stage(repo, staged, staged)
    git(repo, "commit", "-qm", "x")
    git(repo, "checkout", "-q", "-")
    git(repo, "merge", "-q", "--no-commit", "--no-ff", "other")
    (repo / NAME).write_text(disk)
    return repo


def conflict(folder: Path, staged: str, disk: str, *, swapped: bool = False) -> Path:
    repo = stage(new(folder / "r"), '{"mcpServers": {"a": {"command": "a"}}}\n', "")
    git(repo, "commit", "-qm", "x")
    git(repo, "checkout", "-qb", "other")
    sides = [CLEAN.replace("npx", "bunx"), staged]
    theirs, ours = reversed(sides) if swapped else sides
    stage(repo, theirs, theirs)
    git(repo, "commit", "-qm", "x")
    git(repo, "checkout", "-q", "-")
    stage(repo, ours, ours)
    git(repo, "commit", "-qm", "x")
    git(repo, "merge", "-q", "other", code=1)
    (repo / NAME).write_text(disk)
    return repo


def conflict_theirs(folder: Path, staged: str, disk: str) -> Path:
    return conflict(folder, staged, disk, swapped=True)


def resolved(folder: Path, staged: str, disk: str) -> Path:
    return stage(conflict(folder, CLEAN, ""), staged, disk)


def cherry_pick(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    git(repo, "checkout", "-qb", "other")
    stage(repo, staged, staged)
    git(repo, "commit", "-qm", "x")
    git(repo, "checkout", "-q", "-")
    git(repo, "cherry-pick", "--no-commit", "other")
    (repo / NAME).write_text(disk)
    return repo


def partly_staged(folder: Path, staged: str, disk: str) -> Path:
    """`git add -p`: one of two hunks."""
    gap = "\n" * 30
    start = '{"a": 1,' + gap + '"mcpServers": {}}\n'
    repo = stage(new(folder / "r"), start, start)
    git(repo, "commit", "-qm", "x")
    inner = staged.strip()[1:-1]
    (repo / NAME).write_text('{"a": 2,' + gap + inner + "}\n")
    git(repo, "add", "-p", NAME, stdin="n\ny\n")
    (repo / NAME).write_text(disk)
    return repo


def submodule(folder: Path, staged: str, disk: str) -> Path:
    library, outer = committed(new(folder / "library")), committed(new(folder / "r"))
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "vendor/library")
    return stage(outer / "vendor" / "library", staged, disk)


def beside_a_submodule(folder: Path, staged: str, disk: str) -> Path:
    library, outer = committed(new(folder / "library")), committed(new(folder / "r"))
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "vendor.json")
    return stage(outer, staged, disk)


def linked_worktree(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    git(repo, "worktree", "add", "-q", str(folder / "tree"))
    return stage(folder / "tree", staged, disk)


def worktree_of_a_bare_repository(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    git(folder, "clone", "-q", "--bare", str(repo), "bare.git")
    git(folder / "bare.git", "worktree", "add", "-q", str(folder / "tree"))
    return stage(folder / "tree", staged, disk)


def separate_git_dir(folder: Path, staged: str, disk: str) -> Path:
    return stage(committed(new(folder / "r", "--separate-git-dir", str(folder / "elsewhere"))), staged, disk)


def git_is_a_link(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    (repo / ".git").rename(folder / "elsewhere")
    (repo / ".git").symlink_to(folder / "elsewhere")
    return stage(repo, staged, disk)


def line_ends_converted(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    git(repo, "config", "core.autocrlf", "true")
    return stage(repo, staged.replace("\n", "\r\n"), disk.replace("\n", "\r\n"))


def sparse(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    (repo / "kept").mkdir()
    stage(repo, "x", "x", "kept/a")
    (repo / "left").mkdir()
    stage(repo, "x", "x", "left/b")
    git(repo, "commit", "-qm", "x")
    git(repo, "sparse-checkout", "set", "--cone", "--sparse-index", "kept")
    assert not (repo / "left").exists()
    return stage(repo, staged, disk)


def sha256(folder: Path, staged: str, disk: str) -> Path:
    return stage(committed(new(folder / "r", "--object-format=sha256")), staged, disk)


def sha256_no_commit_yet(folder: Path, staged: str, disk: str) -> Path:
    return stage(new(folder / "r", "--object-format=sha256"), staged, disk)


def split_index(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    git(repo, "update-index", "--split-index")
    return stage(repo, staged, disk)


def skip_worktree(folder: Path, staged: str, disk: str) -> Path:
    repo = stage(committed(new(folder / "r")), staged, disk)
    git(repo, "update-index", "--skip-worktree", NAME)
    return repo


def ignored_and_forced(folder: Path, staged: str, disk: str) -> Path:
    repo = committed(new(folder / "r"))
    (repo / ".gitignore").write_text("*.json\n")
    return stage(repo, staged, disk)


def behind_a_link(folder: Path, staged: str, disk: str) -> Path:
    repo = second_commit(folder, staged, disk)
    (folder / "link").symlink_to(repo)
    return folder / "link"


SITUATIONS: list[Callable[[Path, str, str], Path]] = [
    no_commit_yet, second_commit, detached, orphan, changed, renamed, merged, conflict, conflict_theirs, resolved,
    cherry_pick, partly_staged, submodule, beside_a_submodule, linked_worktree, worktree_of_a_bare_repository,
    separate_git_dir, git_is_a_link, line_ends_converted, sparse, sha256, sha256_no_commit_yet, split_index,
    skip_worktree, ignored_and_forced, behind_a_link,
]  # fmt: skip
COMMANDS = [("hook", NAME), ("hook", "--staged"), ("hook", "--all"), ("scan", "--staged"), ("scan", "--staged", ".")]


@pytest.mark.parametrize("build", SITUATIONS, ids=lambda build: build.__name__)
def test_the_staged_content_counts(build: Callable[[Path, str, str], Path], start: Program, tmp_path: Path) -> None:
    dirty = build(tmp_path / "dirty", DIRTY, CLEAN)
    clean = build(tmp_path / "clean", CLEAN, DIRTY)
    for words in COMMANDS:
        done = start(*words, cwd=dirty)
        said = done.stdout + done.stderr
        assert done.returncode == 1, (words, said)
        assert f"{NAME}" in said
        assert TOKEN not in said
        done = start(*words, cwd=clean)
        assert done.returncode == 0, (words, done.stdout + done.stderr)
        assert words[0] == "scan" or done.stderr == ""


@pytest.mark.parametrize("name", ["GIT_DIR alone", "both"])
def test_a_work_tree_without_a_repository_in_it(name: str, start: Program, tmp_path: Path) -> None:
    """Dotfiles in a home are kept so: `git --git-dir=… --work-tree=… commit`."""
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    env = {"GIT_DIR": str(tmp_path / "dotfiles"), "GIT_WORK_TREE": str(tree)}
    git(tree, "init", "-q", env=env)
    (tree / "sub" / NAME).write_text(DIRTY)
    git(tree, "add", f"sub/{NAME}", env=env)
    (tree / "sub" / NAME).write_text(CLEAN)
    if name != "both":
        git(tree, "config", "core.worktree", str(tree), env=env)
        del env["GIT_WORK_TREE"]
    for words in (("hook", f"sub/{NAME}"), ("hook", "--staged"), ("scan", "--staged")):
        assert start(*words, cwd=tree, env=env).returncode == 1, words
    assert start("hook", NAME, cwd=tree / "sub", env=env).returncode == 1


def hooked(repo: Path, start: Program) -> Path:
    script = repo / ".git" / "hooks" / "pre-commit"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\nexec '{start.path}' hook --staged\n")
    script.chmod(0o755)
    return repo


def blocked(repo: Path, start: Program, *words: str, stdin: str = "") -> bool:
    """Whether the commit hook keeps a real `git commit` from being made."""
    before = git(repo, "rev-list", "--all", "--count")
    done = subprocess.run(
        ["git", "commit", "-qm", "x", *words],
        cwd=repo, env={**start.environ, **IDENTITY}, input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) != ("1 secret in MCP configuration" in done.stderr), done.stdout + done.stderr
    assert TOKEN not in done.stderr
    made = git(repo, "rev-list", "--all", "--count") != before or "--amend" in words
    assert made == (done.returncode == 0) or "--amend" in words
    return done.returncode != 0


@pytest.mark.parametrize(
    ("words", "stdin"),
    [(("-a",), ""), ((NAME,), ""), (("-i", NAME), ""), (("-p",), "y\n"), (("-a", "--amend"), "")],
    ids=str,
)
def test_commits_with_an_index_of_their_own(words: tuple[str, ...], stdin: str, start: Program, tmp_path: Path) -> None:
    repo = hooked(committed(new(tmp_path / "r")), start)
    stage(repo, CLEAN, CLEAN)
    assert not blocked(repo, start)
    (repo / NAME).write_text(DIRTY)
    assert blocked(repo, start, *words, stdin=stdin)
    (repo / NAME).write_text(CLEAN.replace("npx", "bunx"))
    assert not blocked(repo, start, *words, stdin=stdin)


def test_what_is_not_part_of_a_partial_commit_does_not_count(start: Program, tmp_path: Path) -> None:
    repo = hooked(committed(new(tmp_path / "r")), start)
    stage(repo, DIRTY, DIRTY)
    stage(repo, "y", "y", "first")
    assert not blocked(repo, start, "first")
    assert blocked(repo, start)


def test_a_commit_in_a_linked_worktree_and_in_a_submodule(start: Program, tmp_path: Path) -> None:
    repo = hooked(committed(new(tmp_path / "r")), start)
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"))
    stage(tmp_path / "tree", DIRTY, CLEAN)
    assert blocked(tmp_path / "tree", start)
    inner = submodule(tmp_path / "outer", DIRTY, CLEAN)
    hooks = tmp_path / "outer" / "r" / ".git" / "modules" / "vendor" / "library" / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "pre-commit").write_text(f"#!/bin/sh\nexec '{start.path}' hook --staged\n")
    (hooks / "pre-commit").chmod(0o755)
    assert blocked(inner, start)


def test_a_hook_in_a_nested_repository_does_not_take_the_outer_index(start: Program, tmp_path: Path) -> None:
    outer = second_commit(tmp_path, DIRTY, DIRTY)
    inner = stage(committed(new(outer / "inner")), CLEAN, DIRTY)
    assert start("hook", NAME, cwd=inner).returncode == 0
    assert start("hook", f"inner/{NAME}", cwd=outer).returncode == 0
    assert start("hook", f"inner/{NAME}", NAME, cwd=outer).returncode == 1
    env = {"GIT_INDEX_FILE": str(outer / ".git" / "index"), "GIT_DIR": str(outer / ".git")}
    assert start("hook", f"inner/{NAME}", cwd=outer, env=env).returncode == 0


def test_the_later_of_two_commits(start: Program, tmp_path: Path) -> None:
    """pre-commit tells them with --from-ref and --to-ref, and when something is pushed."""
    repo = committed(new(tmp_path / "r"))
    stage(repo, DIRTY, DIRTY)
    git(repo, "commit", "-qm", "x")
    stage(repo, CLEAN, CLEAN)
    env = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}
    assert start("hook", NAME, cwd=repo).returncode == 0
    assert start("hook", NAME, cwd=repo, env=env).returncode == 1
    assert start("hook", "--all", cwd=repo, env=env).returncode == 1
    git(repo, "commit", "-qm", "y")
    assert start("hook", "--all", cwd=repo, env=env).returncode == 0
    assert start("hook", NAME, cwd=repo, env=env).returncode == 0
    assert start("hook", NAME, cwd=repo, env=env | {"PRE_COMMIT_TO_REF": "HEAD~1"}).returncode == 1
    stage(repo, DIRTY, CLEAN)
    # A commit that is made meanwhile is checked as it is staged, and so is a repository that lacks the ref.
    assert start("hook", NAME, cwd=repo, env=env | {"GIT_INDEX_FILE": ".git/index"}).returncode == 1
    assert start("hook", NAME, cwd=repo, env=env | {"PRE_COMMIT_TO_REF": "1" * 40}).returncode == 1


def test_scan_staged_names_places_in_the_work_tree(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    (repo / "sub").mkdir()
    stage(repo, DIRTY, CLEAN, f"sub/{NAME}")
    stage(repo, DIRTY, CLEAN)
    for words, paths in (
        ((), [NAME, f"sub/{NAME}"]),
        ((".",), [f"sub/{NAME}"]),
        ((NAME,), [f"sub/{NAME}"]),
        (("..",), [NAME, f"sub/{NAME}"]),
        (("--exclude", "sub"), [NAME]),
    ):
        done = start("scan", "--staged", "--format", "json", *words, cwd=repo / "sub")
        report = json.loads(done.stdout)
        assert report["root"] == str(repo)
        assert [finding["place"]["path"] for finding in report["findings"]] == paths
        assert report["complete"]
        assert [entry["name"] for entry in report["entries"]] == ["github"] * len(paths)
    usual = json.loads(start("scan", "--format", "json", ".", cwd=stage(repo, DIRTY, DIRTY)).stdout)
    staged = json.loads(start("scan", "--staged", "--format", "json", cwd=repo).stdout)
    prints = {finding["fingerprint"] for finding in staged["findings"]}
    assert {finding["fingerprint"] for finding in usual["findings"]} <= prints


@pytest.mark.parametrize("output", ["terminal", "json", "jsonl", "sarif", "csv"])
def test_scan_staged_in_every_format(output: str, start: Program, tmp_path: Path) -> None:
    repo = second_commit(tmp_path, DIRTY, CLEAN)
    done = start("scan", "--staged", "--format", output, cwd=repo)
    assert done.returncode == 1
    assert NAME in done.stdout
    assert TOKEN not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scan", "--staged"), "there is no git repository here"),
        (("scan", "--staged", "."), "is in no git repository"),
        (("hook", "--staged"), "there is no git repository here"),
        (("hook", "--all"), "there is no git repository here"),
        (("hook", "--all", "x"), "exclude one another"),
        (("hook", "--all", "--staged"), "exclude one another"),
        (("hook", "--help", "x"), "knows no option --help"),
        (("scan", "--staged", "--quick"), "--thorough and --quick"),
    ],
    ids=str,
)
def test_usage(words: tuple[str, ...], said: str, start: Program, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    done = start(*words, cwd=tmp_path / "plain")
    assert done.returncode == 2
    assert said in done.stderr


def test_a_path_that_is_nowhere(start: Program, tmp_path: Path) -> None:
    repo = second_commit(tmp_path, CLEAN, CLEAN)
    done = start("scan", "--staged", "typo.json", cwd=repo)
    assert done.returncode == 3
    assert "neither staged nor on disk" in done.stdout
    assert start("scan", "--staged", "first", cwd=repo).returncode == 0


UNREADABLE = '{"mcpServers": {"github": '


def test_what_cannot_be_read_fails_unless_it_is_allowed(start: Program, tmp_path: Path) -> None:
    repo = second_commit(tmp_path, UNREADABLE, CLEAN)
    for words in (("--staged",), ("--all",), (NAME,)):
        done = start("hook", *words, cwd=repo)
        assert done.returncode == 3
        assert f"{NAME}:1: " in done.stderr
        allowed = start("hook", "--allow-unreadable", *words, cwd=repo)
        assert (allowed.returncode, allowed.stderr) == (0, done.stderr)
    stage(repo, DIRTY, CLEAN, "servers.json")
    assert start("hook", "--allow-unreadable", "--staged", cwd=repo).returncode == 1


def test_a_repository_that_git_cannot_read_is_told(start: Program, tmp_path: Path) -> None:
    repo = second_commit(tmp_path, DIRTY, CLEAN)
    (repo / ".git" / "index").write_bytes(b"no index")
    for words in (("hook", "--staged"), ("hook", "--all"), ("scan", "--staged")):
        done = start(*words, cwd=repo)
        assert done.returncode == 3, words
        assert "git did not tell what is staged" in " ".join((done.stdout + done.stderr).split())  # wherever it breaks
