"""Migrations on branches: one commit that holds no key, everything else as before, and the way back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from tests.rewriters.branch_support import (
    BRANCH,
    VALUES,
    commit,
    git,
    leaks,
    new_objects,
    repository,
    run,
    snapshot,
    user,
)
from tests.rewriters.support import NOTHING, env_entry, github, kept, last_journal, secret, stored_values, write_json
from unsprawl.rewriters.branches.new_file import inserted
from unsprawl.rewriters.journal import BranchState, State
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.undo import branch_back, undo
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.vault.records import list_records

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git")
PRE_COMMIT = "repos:\n- repo: https://example.com/x\n  rev: v1\n  hooks:\n  - id: a  # keep me\n"


@pytest.fixture(autouse=True)
def _user(home: Path) -> None:
    user(home)


def back() -> tuple[list[str], tuple[str, ...]]:
    """What `unsprawl undo` does with the last migration."""
    journal = last_journal()
    return [each.status for each in undo(journal)], branch_back(journal)


def test_one_commit_on_a_branch_that_holds_no_key(home: Path) -> None:
    folder = repository(home / "a", {"README.md": "hello\n", ".pre-commit-config.yaml": PRE_COMMIT})
    (folder / ".mcp.json").chmod(0o640)
    base = git(folder, "rev-parse", "HEAD")
    done = run(home, folder)
    assert done.code == Exit.CLEAN
    assert done.only["status"] == "done", done.only
    tip = git(folder, "rev-parse", f"refs/heads/{BRANCH}")
    assert done.only["commit"] == tip
    assert git(folder, "rev-list", f"{base}..{tip}").split() == [tip]
    assert git(folder, "rev-parse", "main") == base
    assert git(folder, "branch", "--show-current") == BRANCH
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "diff-files") == "", "the index knows times and sizes"
    files = git(folder, "diff", "--name-only", base, tip).split()
    assert (
        files
        == sorted(done.only["files"])
        == [".cursor/mcp.json", ".mcp.json", ".pre-commit-config.yaml", "MIGRATION.md"]
    )
    assert not leaks(new_objects(folder, base, tip).decode("utf-8", "replace"))
    assert (folder / ".mcp.json").stat().st_mode & 0o777 == 0o640
    assert sorted(stored_values())
    assert {value for value in VALUES if any(value in text for text in stored_values())} == set(VALUES)
    assert git(folder, "log", "-1", "--format=%an <%ae> %cn") == "Lea <lea@example.com> Lea"
    git(folder, "fsck", "--strict")
    assert done.only["journal_id"] == last_journal().id


def test_the_document_follows_its_schema(home: Path) -> None:
    import unsprawl.scanner.report as report

    schema = json.loads((Path(report.__file__).parent / "migration.schema.json").read_text())
    folder = repository(home / "a")
    for looking in (True, False):
        jsonschema.validate(run(home, folder, home / "nosuch", looking=looking).document, schema)


def test_what_was_there_stays_and_undo_is_exact(home: Path) -> None:
    hook = {".pre-commit-config.yaml": PRE_COMMIT, "MIGRATION.md": "somebody's\n", "tool.sh": "#!/bin/sh\n"}
    folder = repository(home / "a", hook)
    (folder / "tool.sh").chmod(0o755)
    (folder / "notes.txt").write_text("untracked\n")
    git(folder, "add", "tool.sh")
    git(folder, "commit", "-qm", "mode")
    before = snapshot(folder)
    done = run(home, folder)
    assert done.only["guide"] == "MIGRATION-2.md"
    assert (folder / "MIGRATION.md").read_text() == "somebody's\n"
    assert (folder / "notes.txt").read_text() == "untracked\n"
    statuses, told = back()
    assert set(statuses) == {"restored"}
    assert snapshot(folder) == before
    assert any("main is checked out again" in line for line in told)
    assert kept() == NOTHING
    assert last_journal().branch.state is BranchState.UNDONE  # type: ignore[union-attr]


def test_undo_after_going_back_leaves_the_branch_and_says_so(home: Path) -> None:
    folder = repository(home / "a")
    run(home, folder)
    git(folder, "switch", "-q", "-")
    assert git(folder, "branch", "--show-current") == "main"
    statuses, told = back()
    assert set(statuses) == {"restored"}
    assert "stays with its commit" in "".join(told)
    assert git(folder, "branch", "--list", BRANCH)
    assert git(folder, "status", "--porcelain") == ""


def test_undo_keeps_a_branch_that_somebody_built_on(home: Path) -> None:
    folder = repository(home / "a")
    run(home, folder)
    (folder / "more").write_text("x")
    tip = commit(folder)
    statuses, _ = back()
    assert set(statuses) == {"restored"}
    assert git(folder, "rev-parse", "HEAD") == git(folder, "rev-parse", BRANCH) == tip
    assert set(git(folder, "diff", "--name-only").split()) == {".mcp.json", ".cursor/mcp.json"}


def test_undo_keeps_a_branch_that_a_remote_has(home: Path) -> None:
    folder = repository(home / "a")
    git(home, "init", "-q", "--bare", "remote")
    git(folder, "remote", "add", "origin", str(home / "remote"))
    run(home, folder)
    assert git(home / "remote", "for-each-ref") == "", "nothing is pushed"
    git(folder, "push", "-q", "origin", BRANCH)
    _, told = back()
    assert "since a remote has it too" in "".join(told)
    assert git(folder, "branch", "--show-current") == "main"
    assert git(folder, "branch", "--list", BRANCH)


def test_several_repositories_and_one_refused(home: Path) -> None:
    folders = [repository(home / name) for name in "abc"]
    (folders[1] / ".mcp.json").write_text("{}")
    before = snapshot(folders[1])
    done = run(home, *folders, target="run")
    assert done.code == Exit.FOUND
    assert [each["status"] for each in done.repositories] == ["done", "refused", "done"]
    assert "not everything is committed (.mcp.json)" in done.repositories[1]["reason"]
    assert snapshot(folders[1]) == before
    # A record is bound to one project: the same key of two repositories is in two records.
    records = [(record.project, record.ref) for record in list_records()]
    assert sorted(records) == sorted((str(folders[n]), ref) for n in (0, 2) for ref in ("github", "other", "gitlab"))


def test_one_key_of_several_repositories_has_one_variable(home: Path) -> None:
    folders = [repository(home / name) for name in "ab"]
    run(home, *folders, target="reference")
    _, records, variables = kept()
    assert records == set()
    assert variables == {"GITHUB_TOKEN", "GITHUB_PAT", "GITLAB_TOKEN"}


def test_the_same_run_writes_the_same_guide(home: Path) -> None:
    first, second = repository(home / "a"), repository(home / "elsewhere" / "b")
    run(home, first, second)
    text = (first / "MIGRATION.md").read_text()
    assert text == (second / "MIGRATION.md").read_text()
    assert str(home) not in text
    assert "unsprawl team join" in text
    assert "https://github.com/settings/tokens" in text


def test_a_policy_is_put_into_each_repository(home: Path) -> None:
    policy = home / "policy.yaml"
    policy.write_text("version: 1\nhosts: [claude-code]\ntargets: [run]\n")
    one, other = repository(home / "a"), repository(home / "b", {".unsprawl.yaml": "version: 1\n"})
    done = run(home, one, other, policy=policy)
    assert (one / ".unsprawl.yaml").read_bytes() == policy.read_bytes()
    assert (other / ".unsprawl.yaml").read_text() == "version: 1\n"
    assert ".unsprawl.yaml" in done.repositories[0]["files"]
    assert ".unsprawl.yaml" not in done.repositories[1]["files"]
    assert any("differs from --policy" in note for note in done.repositories[1]["notes"])
    guide = (one / "MIGRATION.md").read_text()
    assert "## Claude Code" in guide
    assert {step["target"] for step in done.document["plan"]["steps"]} == {"run"}


def test_a_broker_that_the_policy_names_is_looked_for(home: Path) -> None:
    folder = repository(home / "a")
    policy = home / "team.yaml"
    policy.write_text("version: 1\nmove:\n  entries:\n    github: authsome\n")
    done = run(home, folder, policy=policy)
    [reason] = [each["reason"] for each in done.only["left"] if "github" in each["what"]]
    assert "nobody has looked" not in reason
    assert "authsome" in reason


def test_a_policy_of_the_repository_only_makes_it_stricter(home: Path) -> None:
    folder = repository(home / "a", {".unsprawl.yaml": "version: 1\ntargets: [oauth]\n"})
    policy = home / "policy.yaml"
    policy.write_text("version: 1\ntargets: [run, reference]\n")
    before = snapshot(folder)
    done = run(home, folder, policy=policy)
    assert done.code == Exit.NOT_APPLIED
    assert done.only["status"] == "nothing"
    assert snapshot(folder) == before


def test_what_git_does_not_hold_is_told_and_left(home: Path) -> None:
    folder = repository(home / "a", {".gitignore": ".cursor/\n.env\n"})
    write_json(folder / ".vscode" / "mcp.json", {"x": env_entry(github(3))}, key="servers")
    (folder / ".env").write_text(f"GITHUB_TOKEN={github(4)}\n")
    before = {
        path: path.read_bytes() for path in (folder / ".cursor/mcp.json", folder / ".vscode/mcp.json", folder / ".env")
    }
    done = run(home, folder)
    assert done.code == Exit.FOUND
    left = {(each["path"], each["local"]) for each in done.only["left"]}
    assert (".cursor/mcp.json", True) in left
    assert (".vscode/mcp.json", False) in left
    assert all(path.read_bytes() == content for path, content in before.items())
    guide = (folder / "MIGRATION.md").read_text()
    assert ".vscode/mcp.json" in guide
    assert ".cursor/mcp.json" not in guide


def test_entries_that_stay_are_listed_as_still_to_do(home: Path) -> None:
    folder = repository(home / "a")
    servers = {"github": env_entry(VALUES[0]), "twice": env_entry(github(5)), "args": {"command": "npx", "args": ["x"]}}
    twice = f'"args": ["x"], "args": ["y"], "env": {{"GITHUB_TOKEN": "{github(6)}"}}'
    text = json.dumps({"mcpServers": servers}).replace('"args": ["x"]', twice)
    (folder / ".mcp.json").write_text(text)
    commit(folder)
    base = git(folder, "rev-parse", "HEAD")
    done = run(home, folder)
    assert done.code == Exit.FOUND
    assert [each["what"] for each in done.only["left"]] == ["args env GITHUB_TOKEN"]
    assert "## Still to do" in (folder / "MIGRATION.md").read_text()
    objects = new_objects(folder, base, "HEAD").decode("latin-1")
    assert not leaks(objects, [VALUES[0], github(5)])
    assert leaks(objects, [github(6)])  # it was there before, and is told


@pytest.mark.parametrize(
    "name",
    ["](http://evil.example)", "`x` ``y``", "<script>alert(1)</script>", "a\nb\n# c", "@everyone", "| a |", "  "],
)
def test_hostile_names_are_code_in_the_guide(name: str, home: Path) -> None:
    folder = repository(home / "a")
    write_json(folder / ".mcp.json", {name: env_entry(VALUES[0])})
    commit(folder)
    run(home, folder)
    rendered = _outside_code((folder / "MIGRATION.md").read_text())
    for part in ("http://evil", "<script", "@everyone", "| a |", "\n# c"):
        assert part not in rendered
    message = git(folder, "log", "-1", "--format=%B")
    assert message.isascii()
    assert "\n# c" not in message


def _outside_code(text: str) -> str:
    """What of a document is no code span, by the rule of CommonMark: a run of ticks ends at the next run as long."""
    out, at = [], 0
    import re

    while (begin := re.compile(r"`+").search(text, at)) is not None:
        out.append(text[at : begin.start()])
        end = re.compile(rf"(?<!`){begin[0]}(?!`)").search(text, begin.end())
        if end is None:
            out.append(begin[0])
            at = begin.end()
        else:
            at = end.end()
    return "".join([*out, text[at:]])


def test_a_long_command_to_type_is_whole_in_the_guide(home: Path) -> None:
    folder = repository(home / "a")
    words = [*(f"--{'x' * 40}={number}" for number in range(9)), "--last"]
    write_json(folder / ".mcp.json", {"long": {"command": "npx", "args": words, "env": {"GITHUB_TOKEN": VALUES[0]}}})
    commit(folder)
    run(home, folder, target="run")
    assert f"-- npx {' '.join(words)}`\n" in (folder / "MIGRATION.md").read_text()


def test_a_key_as_a_name_is_nowhere(home: Path) -> None:
    folder = repository(home / "a")
    write_json(
        folder / ".mcp.json", {github(8): {"command": "x", "env": {"A_TOKEN": github(8)}}, "b": env_entry(VALUES[0])}
    )
    base = commit(folder)
    done = run(home, folder)
    assert done.only["status"] == "done"
    files = git(folder, "show", f"{BRANCH}:MIGRATION.md") + git(folder, "log", "-1", "--format=%B")
    assert not leaks(files, [github(8)])
    assert base


@pytest.mark.parametrize(
    "attribute", ["* text=auto", "*.json text eol=crlf", "*.json text working-tree-encoding=UTF-16LE-BOM"]
)
def test_line_ends_and_encodings_are_those_of_git(attribute: str, home: Path) -> None:
    folder = repository(home / "a")
    if "UTF-16" in attribute:
        for path in (folder / ".mcp.json", folder / ".cursor" / "mcp.json"):
            path.write_bytes(b"\xff\xfe" + path.read_text().encode("utf-16-le"))
    (folder / ".gitattributes").write_text(f"{attribute}\n")
    commit(folder)
    git(folder, "config", "core.autocrlf", "true")
    for path in (folder / ".mcp.json", folder / ".cursor" / "mcp.json"):
        path.unlink()
    git(folder, "checkout", "--", ".")
    before = snapshot(folder)
    assert before["status"] == ""
    base = git(folder, "rev-parse", "HEAD")
    done = run(home, folder)
    assert done.only["status"] == "done", done.only
    assert git(folder, "status", "--porcelain") == ""
    blob = subprocess.run(
        ["git", "cat-file", "blob", "HEAD:.mcp.json"], cwd=folder, capture_output=True, check=True
    ).stdout
    assert b"\r" not in blob
    changed = git(folder, "diff", "--numstat", base, "HEAD", "--", ".mcp.json").split()[:2]
    assert changed == ["2", "2"]
    back()
    assert snapshot(folder) == before


def test_a_linked_config_and_work_tree(home: Path) -> None:
    folder = repository(home / "a")
    (folder / ".cursor" / "mcp.json").unlink()
    (folder / "shared.json").write_text(json.dumps({"mcpServers": {"x": env_entry(VALUES[2])}}))
    (folder / ".cursor" / "mcp.json").symlink_to("../shared.json")
    commit(folder)
    git(folder, "worktree", "add", "-q", str(home / "linked"), "-b", "side")
    before, main = snapshot(home / "linked"), snapshot(folder)
    done = run(home, home / "linked")
    assert done.only["status"] == "done", done.only
    assert "shared.json" in done.only["files"]
    assert (home / "linked" / ".cursor" / "mcp.json").is_symlink()
    assert git(home / "linked", "branch", "--show-current") == BRANCH
    assert git(folder, "branch", "--show-current") == "main"
    assert snapshot(folder)["files"] == main["files"]
    back()
    assert snapshot(home / "linked") == before


def test_two_work_trees_of_one_repository(home: Path) -> None:
    folder = repository(home / "a")
    git(folder, "worktree", "add", "-q", str(home / "linked"), "-b", "side")
    done = run(home, folder, home / "linked", folder)
    assert [each["status"] for each in done.repositories] == ["done", "refused"]
    assert "another work tree" in done.repositories[1]["reason"]


def test_a_submodule_is_another_repository(home: Path) -> None:
    inner = repository(home / "inner")
    folder = repository(home / "a")
    git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "vendor")
    git(folder, "commit", "-qm", "submodule")
    done = run(home, folder)
    assert {each["path"] for each in done.only["left"]} == {"vendor/.mcp.json", "vendor/.cursor/mcp.json"} or all(
        "another repository" in each["reason"] for each in done.only["left"]
    )
    assert len(done.only["left"]) == 2
    assert VALUES[0] in (folder / "vendor" / ".mcp.json").read_text()
    again = run(home, folder / "vendor")
    assert again.only["status"] == "done", again.only
    assert any("it is a submodule" in note for note in again.only["notes"])


def test_a_detached_head_is_gone_back_to(home: Path) -> None:
    folder = repository(home / "a")
    git(folder, "checkout", "-q", "--detach")
    before = snapshot(folder)
    done = run(home, folder)
    assert any("no branch is checked out" in note for note in done.only["notes"])
    assert git(folder, "branch", "--show-current") == BRANCH
    back()
    assert snapshot(folder) == before


def test_sparse_and_partial_clones_are_committed_in_full(home: Path) -> None:
    origin = repository(home / "origin", {"big/one.txt": "1\n", "big/two.txt": "2\n"})
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(home, "clone", "-q", "--filter=blob:none", "--no-checkout", "--depth=1", f"file://{origin}", "a")
    folder = home / "a"
    git(folder, "sparse-checkout", "set", "--cone", ".cursor")
    git(folder, "checkout", "-q", "main")
    shutil.rmtree(origin)  # whoever fetched now would fail
    assert not (folder / "big").exists()
    done = run(home, folder)
    assert done.only["status"] == "done", done.only
    assert any("shallow" in note for note in done.only["notes"])
    assert "big/two.txt" in git(folder, "ls-tree", "-r", "--name-only", "HEAD").split()
    assert git(folder, "status", "--porcelain") == ""
    back()
    assert git(folder, "branch", "--show-current") == "main"
    assert git(folder, "status", "--porcelain") == ""


FILTERS = {".gitattributes": "*.json filter=evil\n"}


def test_a_filter_is_told_and_never_started(home: Path, tmp_path: Path) -> None:
    folder = repository(home / "a", {"x.bin": "x"})
    (folder / ".gitattributes").write_text(".cursor/mcp.json filter=evil\n*.bin filter=evil\n")
    commit(folder)
    trace = tmp_path / "ran"
    for what in ("clean", "smudge"):
        git(folder, "config", f"filter.evil.{what}", f"touch {trace}; cat")
    git(folder, "config", "filter.evil.process", f"touch {trace}")
    git(folder, "config", "filter.evil.required", "true")
    os.utime(folder / "x.bin")  # git would compare contents, through the filter
    done = run(home, folder)
    assert not trace.exists()
    assert done.only["status"] in ("done", "refused")
    if done.only["status"] == "done":
        assert [each["path"] for each in done.only["left"]] == [".cursor/mcp.json"]
        assert "filter `evil`" in done.only["left"][0]["reason"]
        assert VALUES[2] in (folder / ".cursor" / "mcp.json").read_text()


def test_hidden_changes_are_not_committed(home: Path) -> None:
    folder = repository(home / "a")
    git(folder, "update-index", "--skip-worktree", ".mcp.json")
    (folder / ".mcp.json").write_text(json.dumps({"mcpServers": {"mine": env_entry(github(9))}}))
    done = run(home, folder)
    assert done.code == Exit.FOUND
    [left] = done.only["left"]
    assert left["path"] == ".mcp.json"
    assert "told not to look at it" in left["reason"]
    assert github(9) in (folder / ".mcp.json").read_text()
    assert "S .mcp.json" in git(folder, "ls-files", "-v")


def test_programs_of_the_repository_never_run(home: Path, tmp_path: Path) -> None:
    folder = repository(home / "a")
    trace = tmp_path / "ran"
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "gpg.program",
                "credential.helper", "diff.external", "core.alternateRefsCommand"):  # fmt: skip
        git(folder, "config", key, f"touch {trace}")
    with (folder / ".git" / "config").open("a") as file:
        file.write(
            f'[filter]\n\tclean = touch {trace}\n[filter "a.b = c"]\n\tprocess = touch {trace}\n[hook]\n\tcommand = x\n'
        )
    assert run(home, folder).only["status"] == "done"
    assert not trace.exists()


def hook(folder: Path, name: str, script: str) -> None:
    path = folder / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_hooks_run_or_not_as_the_user_says(home: Path, tmp_path: Path) -> None:
    folder = repository(home / "a")
    for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout"):
        hook(folder, name, f"echo {name} >> {tmp_path}/ran")
    hook(folder, "commit-msg", f'echo commit-msg >> {tmp_path}/ran; echo "Signed-off-by: L" >> "$1"')
    before = snapshot(folder)
    refused = run(home, folder)
    assert refused.code == Exit.NOT_APPLIED
    assert "pre-commit, prepare-commit-msg, commit-msg" in refused.only["reason"]
    assert "--hooks run" in refused.only["hint"]
    assert snapshot(folder) == before
    assert run(home, folder, hooks="run").only["status"] == "done"
    ran = (tmp_path / "ran").read_text().split()
    assert ran == ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout"]
    assert "Signed-off-by: L" in git(folder, "log", "-1", "--format=%B")
    back()
    (tmp_path / "ran").unlink()
    assert run(home, folder, hooks="skip").only["status"] == "done"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "script", "why"),
    [
        ("pre-commit", "echo no way >&2; exit 1", "pre-commit says no (no way)"),
        ("commit-msg", "exit 1", "commit-msg says no"),
        ("pre-commit", "echo more > more; git add more", "changed what is to be committed"),
    ],
)
def test_a_hook_that_says_no_leaves_everything(name: str, script: str, why: str, home: Path) -> None:
    folder = repository(home / "a")
    hook(folder, name, script)
    before = snapshot(folder)
    done = run(home, folder, hooks="run")
    assert (done.code, done.only["status"]) == (Exit.NOT_APPLIED, "failed")
    assert why in done.only["reason"]
    after = snapshot(folder)
    if "more" in script:  # what a hook has done is the hook's
        git(folder, "rm", "-qf", "more")
        after = snapshot(folder)
    assert after == before
    assert kept() == NOTHING


def test_our_own_hook_is_no_obstacle(home: Path) -> None:
    from unsprawl.rewriters.hook_install import carry_out, plan_install
    from unsprawl.scanner.sources.hook_place import hook_place

    folder = repository(home / "a")
    carry_out(plan_install(hook_place(str(folder), current=False), "/opt/unsprawl/bin/unsprawl"))
    assert run(home, folder).only["status"] == "done"


def test_a_hook_of_the_repository_gets_our_lines(home: Path) -> None:
    folder = repository(home / "a", {".githooks/pre-commit": "#!/bin/sh\nmake test\n"})
    (folder / ".githooks" / "pre-commit").chmod(0o755)
    commit(folder)
    git(folder, "config", "core.hooksPath", ".githooks")
    before = snapshot(folder)
    assert run(home, folder).only["status"] == "refused"
    done = run(home, folder, hooks="skip")
    assert ".githooks/pre-commit" in done.only["files"]
    text = (folder / ".githooks" / "pre-commit").read_text()
    assert "unsprawl hook --staged" in text
    assert text.endswith("make test\n")
    assert git(folder, "ls-files", "--stage", ".githooks").startswith("100755")
    back()
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".pre-commit-config.yaml", PRE_COMMIT),
        (".pre-commit-config.yaml", "repos: []\n"),
        ("lefthook.yml", "pre-push:\n  commands:\n    t: {run: make}\n"),
        ("lefthook.yml", "pre-commit:\n  commands:\n    t:\n      run: make # x\n"),
        (".simple-git-hooks.json", '{\n  "pre-push": "make"\n}\n'),
        ("package.json", '{\r\n  "simple-git-hooks": {\r\n    "pre-push": "make"\r\n  }\r\n}\r\n'),
    ],
)
def test_hook_managers_get_one_piece(name: str, text: str, home: Path) -> None:
    folder = repository(home / "a", {name: text})
    before = snapshot(folder)
    done = run(home, folder)
    assert name in done.only["files"]
    after = (folder / name).read_bytes()
    assert b"unsprawl hook --staged" in after
    assert inserted(text.encode(), after) is not None
    assert name in (folder / "MIGRATION.md").read_text()
    back()
    assert snapshot(folder) == before
    run(home, folder)
    once = (folder / name).read_bytes()
    git(folder, "switch", "-q", "-c", "again")
    write_json(folder / ".mcp.json", {"n": env_entry(github(11))})
    commit(folder)
    second = run(home, folder, branch="second")
    assert name not in second.only["files"], "it is there already"
    assert (folder / name).read_bytes() == once


@pytest.mark.parametrize("text", ["repos: &a\n- *a\n", "repos:\n", "- a\n", "repos: [\n", "repos: []\n---\nx: 1\n"])
def test_what_cannot_be_edited_is_told(text: str, home: Path) -> None:
    folder = repository(home / "a", {".pre-commit-config.yaml": text})
    done = run(home, folder)
    assert ".pre-commit-config.yaml" not in done.only["files"]
    assert any("by hand" in note for note in done.only["notes"])
    assert "by hand" in (folder / "MIGRATION.md").read_text()


def test_pre_commit_takes_the_edited_file(home: Path) -> None:
    pre_commit = pytest.importorskip("pre_commit.clientlib")
    folder = repository(home / "a", {".pre-commit-config.yaml": PRE_COMMIT})
    run(home, folder)
    config = pre_commit.load_config(str(folder / ".pre-commit-config.yaml"))
    assert [each["id"] for each in config["repos"][-1]["hooks"]] == ["unsprawl"]


def in_the_way(folder: Path, home: Path) -> dict[str, tuple[object, str]]:
    """What is done to a repository, and a word of the refusal."""
    return {
        "a change": (lambda: (folder / "README.md").write_text("x"), "not everything is committed"),
        "a staged file": (lambda: ((folder / "n").write_text("x"), git(folder, "add", "n")), "is committed (n)"),
        "a merge": (lambda: (folder / ".git" / "MERGE_HEAD").write_text(git(folder, "rev-parse", "HEAD")), "a merge"),
        "a rebase": (lambda: (folder / ".git" / "rebase-merge").mkdir(), "a rebase"),
        "an am": (lambda: (folder / ".git" / "rebase-apply").mkdir(), "a rebase"),
        "a cherry-pick": (lambda: (folder / ".git" / "CHERRY_PICK_HEAD").write_text("x"), "a cherry-pick"),
        "a bisect": (lambda: (folder / ".git" / "BISECT_LOG").write_text("x"), "a bisect"),
        "a lock": (lambda: (folder / ".git" / "index.lock").write_text(""), "index.lock"),
        "the branch": (lambda: git(folder, "branch", BRANCH), "already"),
        "a branch above": (lambda: git(folder, "branch", "team"), "beside its branch team"),
        "a branch below": (lambda: git(folder, "branch", f"{BRANCH}/x"), "beside its branch"),
        "nobody": (lambda: (home / ".gitconfig").write_text(""), "who commits"),
        "a tree elsewhere": (lambda: git(folder, "config", "core.worktree", str(home)), "core.worktree"),
        "a bare one": (lambda: git(folder, "config", "core.bare", "true"), "bare"),
        "its signer": (
            lambda: [git(folder, "config", key, value) for key, value in
                     {"commit.gpgSign": "true", "gpg.program": "touch ran"}.items()],
            "its own configuration names a program",
        ),
        "its ssh signer": (
            lambda: [git(folder, "config", key, value) for key, value in
                     {"commit.gpgSign": "true", "gpg.format": "ssh", "gpg.ssh.defaultKeyCommand": "touch ran"}.items()],
            "gpg.ssh.defaultKeyCommand",
        ),
        "an odd signer": (
            lambda: (git(folder, "config", "commit.gpgSign", "true"), git(folder, "config", "gpg.format", "x9")),
            "unknown format",
        ),
        "a log that leads elsewhere": (
            lambda: link(folder / ".git" / "logs" / "HEAD", home / ".profile"), "leads elsewhere",
        ),
        "a log of branches that leads elsewhere": (
            lambda: link(folder / ".git" / "logs" / "refs" / "heads", home / "logs"), "leads elsewhere",
        ),
        "branches that lead elsewhere": (
            lambda: link(folder / ".git" / "refs" / "heads" / "team", home / "out"), "leads elsewhere",
        ),
        "an index that leads elsewhere": (lambda: link(folder / ".git" / "index", home / "index"), "leads elsewhere"),
        "a message that leads elsewhere": (
            lambda: link(folder / ".git" / "COMMIT_EDITMSG", home / ".profile"), "leads elsewhere",
        ),
        "a folder in the place of an index": (
            lambda: (folder / ".git" / "unsprawl-index").mkdir(), "unsprawl-index is no plain file",
        ),
        "a pipe as configuration": (lambda: pipe(folder / ".git" / "config"), ".git/config is no plain file"),
        "a pipe as attributes": (lambda: pipe(folder / ".git" / "info" / "attributes"), "is no plain file"),
        "a pipe as index": (lambda: pipe(folder / ".git" / "index"), "is no plain file"),
        "a filter for all": (
            lambda: ((folder / ".gitattributes").write_text("*.md filter=lfs\n"), commit(folder)), "filter `lfs`",
        ),
    }  # fmt: skip


def link(path: Path, to: Path) -> None:
    """The file or folder lies elsewhere from now on."""
    if path.exists():
        shutil.move(path, to)
    else:
        to.mkdir() if path.parent.name == "heads" else to.write_text("# mine\n")
    path.symlink_to(to)


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


WHAT = list(in_the_way(Path("x"), Path("y")))


@pytest.mark.parametrize("what", WHAT)
def test_refused_in_words_with_everything_as_before(what: str, home: Path) -> None:
    folder = repository(home / "a", {"README.md": "hello\n"})
    do, why = in_the_way(folder, home)[what]
    do()  # type: ignore[operator]
    files = {path: path.read_bytes() for path in folder.glob("[!.]*")} | {
        folder / ".mcp.json": (folder / ".mcp.json").read_bytes()
    }
    done = run(home, folder)
    assert (done.code, done.only["status"]) == (Exit.NOT_APPLIED, "refused")
    assert why in done.only["reason"]
    assert all(path.read_bytes() == content for path, content in files.items())
    assert kept() == NOTHING
    assert not (folder / "ran").exists()


def test_a_git_that_never_answers_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository(home / "a")
    os.mkfifo(home / "pipe")
    git(folder, "config", "--add", "include.path", str(home / "pipe"))
    monkeypatch.setattr("unsprawl.rewriters.branches.repository._PATIENCE_S", 1.0)
    done = run(home, folder)
    assert (done.code, done.only["status"]) == (Exit.NOT_APPLIED, "refused")
    assert "git does not answer" in done.only["reason"]
    assert kept() == NOTHING


def test_what_is_no_work_tree_is_refused(home: Path) -> None:
    (home / "plain").mkdir()
    (home / "unborn").mkdir()
    git(home / "unborn", "init", "-q")
    git(home, "init", "-q", "--bare", "bare")
    (home / "sha256").mkdir()
    git(home / "sha256", "init", "-q", "--object-format=sha256")
    git(home / "sha256", "commit", "-q", "--allow-empty", "-m", "x")
    real = repository(home / "real")
    (home / "fake").mkdir()
    (home / "fake" / ".git").write_text(f"gitdir: {real / '.git'}\n")
    words = {
        "plain": "in no git repository", "unborn": "no commit yet", "bare": "bare", "sha256": "sha256",
        "fake": "of another folder", "nosuch": "no such folder",
    }  # fmt: skip
    before = snapshot(real)
    done = run(home, *(home / name for name in words))
    assert done.code == Exit.NOT_APPLIED
    for each, why in zip(done.repositories, words.values(), strict=True):
        assert each["status"] == "refused"
        assert why in each["reason"], each
    assert snapshot(real) == before


@pytest.mark.parametrize(
    "name", ["-x", "a..b", "a b", "@{-1}", "x.lock", "", "HEAD~1", "/a", "a/", "@", "HEAD", "refs/heads/x"]
)
def test_odd_names_of_branches(name: str, home: Path) -> None:
    folder = repository(home / "a")
    with pytest.raises(UsageError):
        run(home, folder, branch=name)


def test_a_variable_that_moves_git_elsewhere_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository(home / "a")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    with pytest.raises(UsageError, match="GIT_INDEX_FILE"):
        run(home, folder)


def test_a_dry_run_changes_nothing(home: Path) -> None:
    folder = repository(home / "a")
    before = snapshot(folder)
    count = len(list((folder / ".git" / "objects").rglob("*")))
    done = run(home, folder, looking=True, doing=False)
    assert (done.code, done.only["status"]) == (Exit.FOUND, "would")
    assert snapshot(folder) == before
    assert len(list((folder / ".git" / "objects").rglob("*"))) == count
    assert kept() == NOTHING


def test_a_guide_that_git_ignores_is_committed_and_told(home: Path) -> None:
    folder = repository(home / "a", {".gitignore": "*.md\n"})
    done = run(home, folder)
    assert "MIGRATION.md" in git(folder, "ls-tree", "--name-only", "HEAD").split()
    assert any("git ignores MIGRATION.md" in note for note in done.only["notes"])
    back()
    assert not (folder / "MIGRATION.md").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives a folder to somebody else")
def test_a_repository_of_somebody_else_is_refused(home: Path) -> None:
    folder = repository(home / "a")
    os.chown(folder, 1234, 1234)
    done = run(home, folder)
    assert done.only["status"] == "refused"
    assert "belongs to another user" in done.only["hint"]


def test_nothing_to_move_is_no_commit(home: Path) -> None:
    folder = repository(home / "a")
    write_json(folder / ".mcp.json", {})
    write_json(folder / ".cursor" / "mcp.json", {})
    commit(folder)
    before = snapshot(folder)
    done = run(home, folder)
    assert (done.code, done.only["status"]) == (Exit.CLEAN, "nothing")
    assert snapshot(folder) == before


def test_a_file_that_changes_meanwhile_fails_the_whole_repository(home: Path) -> None:
    folder = repository(home / "a")
    before = snapshot(folder)

    def watch(step: str) -> None:
        if step == "index":
            (folder / "MIGRATION.md").write_text("somebody else\n")

    done = run(home, folder, watch=watch)
    assert (done.code, done.only["status"]) == (Exit.NOT_APPLIED, "failed")
    (folder / "MIGRATION.md").unlink()
    assert snapshot(folder) == before
    assert kept() == NOTHING


def test_another_commit_meanwhile_fails_it_too(home: Path) -> None:
    folder = repository(home / "a")
    mine = (folder / ".mcp.json").read_bytes()

    def watch(step: str) -> None:
        if step == "committed":
            git(folder, "commit", "-q", "--allow-empty", "-m", "meanwhile")

    done = run(home, folder, watch=watch)
    assert "meanwhile" in done.only["reason"]
    assert (folder / ".mcp.json").read_bytes() == mine
    assert not git(folder, "branch", "--list", BRANCH)


def test_ctrl_c_takes_everything_back(home: Path) -> None:
    folder = repository(home / "a")
    before = snapshot(folder)
    seen: list[str] = []
    run(home, folder, watch=seen.append)
    back()
    for number, step in enumerate(seen):
        count = iter(range(len(seen)))

        def watch(step: str, number: int = number, count: object = count) -> None:
            if next(count) == number:  # type: ignore[call-overload]
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(home, folder, watch=watch)
        if git(folder, "branch", "--show-current") == BRANCH:
            assert step in ("journal made", "made")
            recover()
            assert last_journal().branch.state is BranchState.MADE  # type: ignore[union-attr]
            back()
        recover()
        assert snapshot(folder) == before, step
        assert kept() == NOTHING, step
        assert all(file.state in (State.ROLLED_BACK, State.UNDONE) for file in last_journal().files), step


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen")
def test_commits_are_signed_with_a_key_of_ssh(home: Path) -> None:
    key = home / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (home / "allowed").write_text(f"lea@example.com {(home / 'key.pub').read_text()}")
    for name, value in {"commit.gpgSign": "true", "gpg.format": "ssh", "user.signingKey": str(key),
                        "gpg.ssh.allowedSignersFile": str(home / "allowed")}.items():  # fmt: skip
        git(home, "config", "--global", name, value)
    folder = repository(home / "a")
    assert run(home, folder).only["status"] == "done"
    assert git(folder, "log", "-1", "--format=%G?") == "G"
    git(folder, "switch", "-q", "main")
    key.unlink()
    failed = run(home, folder, branch="second")
    assert failed.only["status"] == "failed"
    assert "could not be signed" in failed.only["reason"]
    assert git(folder, "status", "--porcelain") == ""
    assert not git(folder, "branch", "--list", "second")


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg")
def test_commits_are_signed_with_gpg(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    keys = Path(tempfile.mkdtemp(prefix="g", dir="/tmp"))  # its agent's socket takes no long path
    monkeypatch.setenv("GNUPGHOME", str(keys))
    try:
        who = "Lea <lea@example.com>"
        subprocess.run(["gpg", "--batch", "--passphrase", "", "--quick-generate-key", who, "ed25519", "sign", "never"],
                       check=True, capture_output=True)  # fmt: skip
        git(home, "config", "--global", "commit.gpgSign", "true")
        git(home, "config", "--global", "user.signingKey", "lea@example.com")
        folder = repository(home / "a")
        assert run(home, folder).only["status"] == "done"
        assert git(folder, "log", "-1", "--format=%G?") in ("G", "U")
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
        shutil.rmtree(keys, ignore_errors=True)


def test_the_values_are_the_vaults(home: Path) -> None:
    folder = repository(home / "a")
    run(home, folder, target="run")
    assert all(any(value in text for text in stored_values()) for value in VALUES)
    assert secret("GITLAB") == VALUES[2]


@pytest.mark.parametrize(
    "name", ["](http://evil.example)", "<b>x</b> <http://evil.example>", "`](http://e.example)", "a\n\n# b\n\n- c"]
)
def test_the_guide_renders_with_our_links_alone(name: str, home: Path) -> None:
    from markdown_it import MarkdownIt

    folder = repository(home / "a")
    write_json(
        folder / ".mcp.json",
        {name: env_entry(VALUES[0]), "x": {"command": "npx", "args": [name, f"--token={github(5)}"]}},
    )
    commit(folder)
    run(home, folder, target="run")
    html = MarkdownIt("commonmark").render((folder / "MIGRATION.md").read_text())
    links = [part.split('"')[0] for part in html.split('href="')[1:]]
    assert links
    assert all(each.startswith(("https://github.com/", "https://gitlab.com/")) for each in links)
    assert "<b>" not in html
    assert html.count("<h1>") == 1
    assert "## Still to do" in (folder / "MIGRATION.md").read_text()


def test_a_policy_and_a_hook_are_taken_back_too(home: Path) -> None:
    policy = home / "policy.yaml"
    policy.write_text("version: 1\ntargets: [run]\n")
    folder = repository(home / "a", {".pre-commit-config.yaml": PRE_COMMIT.replace("\n", "\r\n")})
    before = snapshot(folder)
    done = run(home, folder, policy=policy)
    assert len(done.only["files"]) == 5
    back()
    assert snapshot(folder) == before
