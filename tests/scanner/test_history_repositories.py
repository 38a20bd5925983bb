"""Repositories that are no ordinary ones: cut off, partial, damaged, huge, bare, somebody else's."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.cli.program import program
from tests.git import ENVIRONMENT, git
from tests.scanner.stories import Story, config, key
from tests.scanner.test_history import NONE, A, B, C, D, M, history, scan, told

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.history import log, repository
from unsprawl.scanner.history.process import HistoryUnavailable
from unsprawl.scanner.history.scan import HistoryOptions, scan_history
from unsprawl.scanner.model import Problem
from unsprawl.scanner.surroundings import Surroundings


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A key that came and went, and one that is still there."""
    made = Story(tmp_path / "repo")
    made.commit("1", {M: config(A)})
    made.commit("2", {M: NONE, "b/.mcp.json": config(B)}, "1")
    made.commit("3", {"x": "x"}, "2")
    made.check_out()
    return made


WANTED = {(M, "A"): (["1"], ["2"]), ("b/.mcp.json", "B"): (["2"], [])}


def codes(problems: tuple[Problem, ...]) -> set[str]:
    return {problem.code for problem in problems}


def of(folder: Path, story: Story) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    return told(scan_history(HistoryOptions(str(folder)), Surroundings.here()), story)


def clone(story: Story, folder: Path, *options: str) -> Path:
    git(story.folder.parent, "clone", "-q", *options, f"file://{story.folder}", str(folder))
    return folder


def test_sha256(tmp_path: Path) -> None:
    made = Story(tmp_path / "repo", object_format="sha256")
    made.commit("1", {M: config(A)})
    made.commit("2", {M: NONE, "b/.mcp.json": config(B)}, "1")
    made.check_out()
    result = scan(made)
    assert told(result, made) == WANTED
    assert [history(finding).in_worktree for finding in result.findings] == [False, True]
    assert len(history(result.findings[0]).introduced[0]) == 64


def test_bare_subfolder_git_folder_and_work_tree(story: Story, tmp_path: Path) -> None:
    git(story.folder, "worktree", "add", "-q", "--detach", str(tmp_path / "other"))
    (tmp_path / "link").symlink_to(story.folder)
    places = [clone(story, tmp_path / "bare.git", "--bare"), clone(story, tmp_path / "mirror.git", "--mirror")]
    places += [story.folder / "b", story.folder / ".git", tmp_path / "other", tmp_path / "link"]
    for place in places:
        assert of(place, story) == WANTED, place


def test_what_is_still_there_in_a_bare_one(story: Story, tmp_path: Path) -> None:
    bare = clone(story, tmp_path / "bare.git", "--bare")
    found = scan_history(HistoryOptions(str(bare)), Surroundings.here()).findings
    assert {each.secret.reveal(): history(each).in_worktree for each in found} == {A: False, B: True}


def test_the_repository_that_the_environment_names(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Story(tmp_path / "other")
    other.commit("9", {M: config(C)})
    monkeypatch.chdir(other.folder)
    monkeypatch.setenv("GIT_DIR", str(story.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(story.folder))
    assert told(scan_history(HistoryOptions(), Surroundings.here()), story) == WANTED
    assert of(other.folder, other) == {(M, "C"): (["9"], [])}  # a name counts more


def test_nothing_committed_yet(tmp_path: Path) -> None:
    made = Story(tmp_path / "repo")
    (made.folder / M).write_text(config(A))
    for options in ({}, {"paths_only": True}, {"unreachable": True}):
        result = scan(made, **options)
        assert (result.findings, result.problems) == ((), ())
    git(made.folder, "add", ".")
    (finding,) = scan(made, unreachable=True).findings
    assert history(finding).introduced == ()


def test_shallow(story: Story, tmp_path: Path) -> None:
    shallow = clone(story, tmp_path / "shallow", "--depth", "1")
    result = scan_history(HistoryOptions(str(shallow)), Surroundings.here())
    assert told(result, story) == {("b/.mcp.json", "B"): (["3"], [])}
    assert (codes(result.problems), result.complete) == ({"shallow"}, False)
    assert "git fetch --unshallow" in result.problems[0].hint


def test_a_range_in_a_shallow_clone(story: Story, tmp_path: Path) -> None:
    story.commit("4", {"c/.mcp.json": config(C)}, "3")
    shallow = clone(story, tmp_path / "shallow", "--depth", "2")
    whole = scan_history(HistoryOptions(str(shallow), range="HEAD~1..HEAD"), Surroundings.here())
    assert (told(whole, story), whole.problems) == ({("c/.mcp.json", "C"): (["4"], [])}, ())
    with pytest.raises(UsageError, match="no commit that is here"):
        scan_history(HistoryOptions(str(shallow), range=f"{story.ids['2']}..HEAD"), Surroundings.here())
    story.commit("z", {"z/.mcp.json": config(D)}, ref="refs/heads/z")
    git(shallow, "fetch", "-q", "--depth", "1", "origin", "z:z")
    cut = scan_history(HistoryOptions(str(shallow), range="z..HEAD"), Surroundings.here())
    assert codes(cut.problems) == {"shallow"}


@pytest.mark.parametrize("kind", ["blob:none", "tree:0"])
def test_partial(kind: str, story: Story, tmp_path: Path) -> None:
    git(story.folder, "config", "uploadpack.allowFilter", "true")
    partial = clone(story, tmp_path / "partial", "--no-checkout", f"--filter={kind}")
    before = git(partial, "cat-file", "--batch-all-objects", "--batch-check")
    for options in ({}, {"paths_only": True}, {"range": "HEAD~1..HEAD"}):
        result = scan_history(HistoryOptions(str(partial), **options), Surroundings.here())
        assert (result.findings, result.complete) == ((), False)
        assert "missing-objects" in codes(result.problems)
    assert git(partial, "cat-file", "--batch-all-objects", "--batch-check") == before  # nothing was fetched
    git(partial, "fetch", "-q", "--refetch", "--no-filter")  # what the hint says
    assert of(partial, story) == WANTED


def loose(story: Story, name: str) -> Path:
    object_id = git(story.folder, "rev-parse", name)
    path = story.folder / ".git" / "objects" / object_id[:2] / object_id[2:]
    path.chmod(0o644)
    return path


def unpacked(story: Story) -> None:
    for pack in (story.folder / ".git/objects/pack").glob("*.pack"):
        moved = pack.rename(story.folder / pack.name)
        pack.with_suffix(".idx").unlink()
        git(story.folder, "unpack-objects", "-q", stdin=moved.read_bytes())


@pytest.mark.parametrize("damage", ["cut", "empty", "gone", "noise"])
def test_a_damaged_blob_keeps_nobody_from_the_others(damage: str, story: Story) -> None:
    story.commit("4", {M: config(C)}, "3")
    unpacked(story)
    path = loose(story, f"{story.ids['1']}:{M}")
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": path.read_bytes()[:15], "empty": b"", "noise": os.urandom(99)}[damage])
    result = scan(story)
    assert told(result, story) == {("b/.mcp.json", "B"): (["2"], []), (M, "C"): (["4"], [])}
    (problem,) = result.problems
    assert problem.code in ("damaged-object", "missing-object")
    assert problem.path == str(story.folder / M)
    assert not scan(story, paths_only=True).complete


def test_a_damaged_tree(story: Story) -> None:
    unpacked(story)
    loose(story, f"{story.ids['2']}^{{tree}}").write_bytes(b"x")
    result = scan(story)
    assert {finding.secret.reveal() for finding in result.findings} == {A, B}  # found, though nobody can say where
    assert "history-incomplete" in codes(result.problems)


def test_a_damaged_pack(story: Story) -> None:
    story.commit("4", {f"f{number}": os.urandom(3000) for number in range(30)}, "3")
    git(story.folder, "repack", "-adq")
    (pack,) = (story.folder / ".git/objects/pack").glob("*.pack")
    pack.chmod(0o644)
    data = bytearray(pack.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 100] = bytes(100)
    pack.write_bytes(data)
    result = scan(story)
    assert told(result, story) == WANTED
    assert codes(result.problems) == {"damaged-object"}
    pack.write_bytes(data[: len(data) // 3])
    with pytest.raises(HistoryUnavailable) as error:
        scan(story)
    assert error.value.exit == 3


def test_the_quick_pass_tells_a_missing_tree(story: Story) -> None:
    unpacked(story)
    loose(story, f"{story.ids['1']}^{{tree}}").unlink()
    result = scan(story, paths_only=True)
    (told_,) = (each for each in result.problems if each.code == "missing-objects")
    assert "damaged: 1 object is not here" in told_.message


def test_branches_with_names_that_break_lines(story: Story) -> None:
    for name in ("a\u2028b", "c\u0085d", "e\u2029f"):
        git(story.folder, "branch", name, story.ids["1"])
    assert told(scan(story), story) == WANTED


@pytest.mark.parametrize("author", ["", "a <a@example.com>", "a <a@example.com> soon", " <> 7"])
def test_commits_without_a_date(author: str, story: Story) -> None:
    tree = git(story.folder, "rev-parse", f"{story.ids['1']}^{{tree}}")
    text = f"tree {tree}\nauthor {author}\ncommitter {author}\n\nm\n"
    words = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
    made = subprocess.run(
        ["git", *words], input=text, cwd=story.folder, env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    git(story.folder, "update-ref", "refs/heads/odd", made.stdout.strip())
    for ref in ("main", "old"):
        subprocess.run(["git", "update-ref", "-d", f"refs/heads/{ref}"], cwd=story.folder, env=ENVIRONMENT, check=False)
    dates = {history(finding).author_date for finding in scan(story).findings}
    assert all(date is None or re.fullmatch(r"[0-9]{4}-[0-9-]{5}T.*", date) for date in dates), dates


def bomb(story: Story, levels: int, width: int) -> None:
    """A commit with `width` to the power of `levels` paths, of few objects."""
    tree = git(story.folder, "rev-parse", f"{story.ids['1']}^{{tree}}")
    for _ in range(levels):
        rows = "".join(f"040000 tree {tree}\tfolder{number}\n" for number in range(width))
        made = subprocess.run(
            ["git", "mktree"], input=rows, cwd=story.folder, env=ENVIRONMENT, capture_output=True, text=True, check=True
        )
        tree = made.stdout.strip()
    git(story.folder, "update-ref", "refs/heads/bomb", git(story.folder, "commit-tree", tree, "-m", "bomb"))


def test_trees_that_spell_a_million_paths(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb(story, 3, 10)
    assert codes(scan(story).problems) == set()
    monkeypatch.setattr(log, "_MOST_NAMES", 50)
    result = scan(story)
    assert {finding.secret.reveal() for finding in result.findings} == {A, B}
    assert len(result.findings) == 51
    assert codes(result.problems) == {"history-incomplete"}
    monkeypatch.setattr(log, "MOST_ROWS", 100)
    result = scan(story)
    assert {finding.secret.reveal() for finding in result.findings} == {A, B}
    assert codes(result.problems) == {"history-incomplete"}


@pytest.mark.parametrize("setting", ["log.diffMerges=off", "log.diffMerges=first-parent", "diff.orderFile=PIPE"])
def test_settings_of_the_repository_do_not_count(setting: str, tmp_path: Path) -> None:
    made = Story(tmp_path / "repo")
    made.commit("1", {"x": "x"})
    made.commit("2", {M: config(A)}, "1")
    made.commit("3", {"y": "y"}, "1")
    made.commit("4", {M: config(B), "y": "y"}, "2", "3")
    made.check_out()
    before = told(scan(made), made)
    os.mkfifo(tmp_path / "pipe")
    name, _, value = setting.replace("PIPE", str(tmp_path / "pipe")).partition("=")
    git(made.folder, "config", name, value)
    assert told(scan(made), made) == before


def test_an_index_that_is_a_pipe(story: Story) -> None:
    (story.folder / ".git" / "index").unlink(missing_ok=True)
    os.mkfifo(story.folder / ".git" / "index")
    assert told(scan(story), story) == WANTED


def test_a_submodule_is_named(story: Story) -> None:
    story.commit("4", {"inner": f"module:{story.ids['1']}"}, "3")
    result = scan(story)
    assert told(result, story) == WANTED
    assert result.history is not None
    assert result.history.submodules == ("inner",)


def test_grafts_and_replacements_hide_nothing(story: Story) -> None:
    (story.folder / ".git/info").mkdir(exist_ok=True)
    (story.folder / ".git/info/grafts").write_text(f"{story.ids['3']}\n")
    clean = git(story.folder, "hash-object", "-w", "--stdin", stdin=NONE.encode())
    git(story.folder, "replace", git(story.folder, "rev-parse", f"{story.ids['1']}:{M}"), clean)
    assert told(scan(story), story) == WANTED


def test_settings_that_change_what_git_says(story: Story) -> None:
    settings = {
        "log.showRoot": "false", "diff.renames": "copies", "core.abbrev": "7", "log.date": "relative",
        "core.quotePath": "true", "log.decorate": "full", "color.ui": "always", "diff.noprefix": "true",
        "log.follow": "true", "diff.orderFile": "x", "format.pretty": "oneline", "log.diffMerges": "off",
        "diff.ignoreSubmodules": "all", "notes.displayRef": "*", "core.pager": "false", "diff.statGraphWidth": "1",
        "i18n.logOutputEncoding": "UTF-16", "log.excludeDecoration": "*", "submodule.recurse": "true",
        "log.initialDecorationSet": "all", "core.precomposeUnicode": "true", "log.mailmap": "true",
    }  # fmt: skip
    for name, value in settings.items():
        git(story.folder, "config", name, value)
        for options in ({}, {"paths_only": True}):
            assert told(scan(story, **options), story) == WANTED, name


def test_large_blobs_pass_by(story: Story, home: Path, tmp_path: Path) -> None:
    """300 MB each, of a few kilobytes in the pack: neither git nor we hold one."""
    stream = b"commit refs/heads/large\ncommitter T <t@example.com> 1700000000 +0000\ndata 1\nx\n"
    importing = subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=story.folder, stdin=subprocess.PIPE, env={**os.environ, **ENVIRONMENT}
    )
    assert importing.stdin is not None
    importing.stdin.write(stream)
    piece = b"mcp " * (1 << 18)
    for name in (b"video.bin", b"deep/.mcp.json"):
        importing.stdin.write(b"M 100644 inline %s\ndata %d\n" % (name, 300 << 20))
        for _ in range(300):
            importing.stdin.write(piece)
        importing.stdin.write(b"\n")
    importing.stdin.close()
    assert importing.wait() == 0
    result = scan(story)
    assert told(result, story) == WANTED
    assert [(problem.code, problem.path) for problem in result.problems] == [
        ("too-large", str(story.folder / "deep/.mcp.json"))
    ]
    start = program(home, tmp_path / "bin")
    code, most = start.peak("scan", "--history", str(story.folder))
    assert code == 1
    assert most < 120 * 1024 * 1024


def test_hostile_trees_lead_nowhere(story: Story, tmp_path: Path) -> None:
    """A tree may name `..` and `.git`; git refuses to check it out, not to list it."""
    (tmp_path / "secret.mcp.json").write_text(config(C))
    blob = git(story.folder, "hash-object", "-w", "--stdin", stdin=config(C).encode())
    inner = git(story.folder, "mktree", stdin=f"100644 blob {blob}\tsecret.mcp.json\n".encode())
    for name in ("..", ".git"):
        entry = f"40000 {name}".encode() + b"\0" + bytes.fromhex(inner)
        words = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
        tree = git(story.folder, *words, stdin=entry)
        git(story.folder, "update-ref", f"refs/heads/h{len(name)}", git(story.folder, "commit-tree", "-m", "x", tree))
    result = scan(story)
    found = {
        finding.place.path: history(finding).in_worktree for finding in result.findings if finding.secret.reveal() == C
    }
    assert found == {f"{story.folder}/{name}/secret.mcp.json": False for name in ("..", ".git")}


def test_what_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("home", "nowhere", "file"):
        with pytest.raises(UsageError):
            scan_history(HistoryOptions(str(tmp_path / name)), Surroundings.here())
    (tmp_path / "home" / ".git").mkdir()  # an empty one is none
    with pytest.raises(UsageError):
        scan_history(HistoryOptions(str(tmp_path / "home")), Surroundings.here())


def test_somebody_elses(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(HistoryUnavailable) as error:
        scan(story)
    assert error.value.hint.endswith(f"git config --global --add safe.directory {story.folder}")


OLD = '#!/bin/sh\ncase "$*" in *rev-parse*) echo --is-shallow-repository; echo false; exit 128;; esac\nexit 129\n'
OLDER = (
    '#!/bin/sh\ncase "$*" in *rev-parse*|*for-each-ref*) exec {git} "$@";; esac\necho "error: unknown" >&2; exit 129\n'
)


@pytest.mark.parametrize("text", [OLD, OLDER])
def test_a_git_that_is_too_old(text: str, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shutil import which

    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "git"
    program.write_text(text.replace("{git}", str(which("git"))))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    with pytest.raises(HistoryUnavailable, match="too old"):
        scan(story)


def test_no_git(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(HistoryUnavailable, match="git was not found") as error:
        scan(story)
    assert error.value.exit == 3


def test_a_git_that_hangs(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unsprawl.scanner.history.process.PATIENCE_S", 0.5)
    (story.folder / ".git" / "packed-refs").unlink(missing_ok=True)
    os.mkfifo(story.folder / ".git" / "packed-refs")
    with pytest.raises(HistoryUnavailable, match="did not answer"):
        repository.refs(repository.open_repository(str(story.folder), Surroundings.here()))


def test_on_the_command_line(story: Story, home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin")
    story.commit("4", {"c.json": config(key(77))}, "3", ref="refs/remotes/origin/main")
    done = start("scan", "--history", str(story.folder))
    assert done.returncode == 1
    for words in (
        "3 secrets in history",
        "1 still in the work tree",
        "3 on a remote: assume that others have read them",
    ):
        assert words in done.stdout
    assert f"introduced {story.ids['1'][:10]} on 2023-11-1" in done.stdout
    assert f"removed {story.ids['2'][:10]}" in done.stdout
    assert "next: replace these keys" in done.stdout
    for value in (A, B, key(77)):
        assert value not in done.stdout + done.stderr
    assert start("scan", "--history", "--range", "main~1..main", str(story.folder)).returncode == 0
    for words in (
        ["--history", "--range", "x..y"], ["--history", "--paths-only", "--unreachable"], ["--history", "a", "b"],
        ["--range", "a..b"], ["--paths-only"], ["--unreachable"], ["--history", "--thorough"], ["--history", "--quick"],
        ["--history", "--range", "a..b", "--paths-only"], ["--history", "--range", ""],
        ["--history", "/nonexistent"], ["--history", str(home)],
    ):  # fmt: skip
        assert start("scan", *words, cwd=story.folder).returncode == 2, words
