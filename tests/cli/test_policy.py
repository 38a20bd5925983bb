"""Policies at the command line: what fails, what is excused, where secrets may move; a tree's can only tighten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.homes import github
from tests.cli.program import Program
from tests.git import git

TOKEN = github(91)
OWN = ".config/unsprawl/policy.yaml"
FILE = ".unsprawl.yaml"
BY_VARIABLE = {"command": "npx", "env": {"GITHUB_TOKEN": "${GITHUB_TOKEN}"}}
LITERAL = {"command": "npx", "env": {"GITHUB_TOKEN": TOKEN}}
TIME = {"command": "npx", "args": ["-y", "server-time"]}
BROKEN = '{"mcpServers": {'
FLOOR = "version: 1\napproach:\n  lowest: 5\n"


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def config(**servers: Any) -> str:
    return json.dumps({"mcpServers": servers}, indent=2)


def run(start: Program, *words: str, cwd: Path) -> tuple[int, str]:
    done = start(*words, cwd=cwd)
    assert TOKEN not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode != 70, done.stderr
    return done.returncode, done.stdout + done.stderr


def document(start: Program, *words: str, cwd: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(start("scan", *words, "--format", "json", cwd=cwd).stdout)
    return found


@pytest.mark.parametrize("where", [FILE, "sub/" + FILE, OWN, "--policy"])
def test_the_lowest_approach(where: str, start: Program, project: Path, tmp_path: Path) -> None:
    put(project / "sub/.mcp.json", config(variable=BY_VARIABLE, time=TIME))
    words = ["."]
    assert run(start, "scan", *words, cwd=project)[0] == 0
    if where == "--policy":
        words += ["--policy", str(put(tmp_path / "team.yaml", FLOOR))]
    else:
        put((project.parent if where == OWN else project) / where, FLOOR)
    code, text = run(start, "scan", *words, cwd=project)
    assert code == 1
    assert "1 entry violates the policy" in text
    assert "6 environment is not allowed by the policy: 5 key in header or URL or better is" in text
    assert ":3)" in text  # the line of the policy
    assert "sub/.mcp.json:3  variable" in text
    found = document(start, *words, cwd=project)
    (warning,) = [each for each in found["warnings"] if each["severity"]]
    assert (warning["rule"], warning["severity"], warning["entry"]) == ("policy-approach", "high", "variable")
    assert found["policy"]["violations"] == 1
    log = json.loads(start("scan", *words, "--format", "sarif", cwd=project).stdout)
    (result,) = [each for each in log["runs"][0]["results"] if each["ruleId"] == "policy-approach"]
    assert result["level"] == "error"


def test_a_policy_beside_another_folder_says_nothing(start: Program, project: Path) -> None:
    put(project / "a/.mcp.json", config(variable=BY_VARIABLE))
    put(project / "b" / FILE, FLOOR)
    put(project.parent / FILE, FLOOR)  # above the work tree, and nobody named that folder
    assert run(start, "scan", ".", cwd=project)[0] == 0
    assert run(start, "scan", "~", cwd=project)[0] == 1


def test_accepted_marks_and_ignored_paths(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(variable=BY_VARIABLE))
    put(project / FILE, FLOOR + "  accept: [referenced]\n")
    assert run(start, "scan", ".", cwd=project)[0] == 0
    put(project / FILE, FLOOR + "ignore:\n  - {path: /.mcp.json, reason: a demo}\n")
    assert run(start, "scan", ".", cwd=project)[0] == 0


def test_ignored_paths_are_counted_and_shown(start: Program, project: Path) -> None:
    put(project / "sub/.mcp.json", config(x=LITERAL))
    put(project / "other/.mcp.json", config(x=LITERAL))
    put(project / "sub" / FILE, "version: 1\nignore:\n  - path: '**'\n    reason: made-up keys\n")
    code, text = run(start, "scan", ".", "--verbose", cwd=project)
    assert code == 1
    assert "1 secret is not shown: 1 by an ignore list" in text
    assert "sub/.unsprawl.yaml:3: made-up keys" in text
    assert len(document(start, ".", "--no-ignore", cwd=project)["findings"]) == 2


def test_an_exception_that_ended_is_told(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    put(project / FILE, "version: 1\nignore:\n  - {path: '**', reason: soon gone, expires: 2020-01-01}\n")
    code, text = run(start, "scan", ".", cwd=project)
    assert code == 1
    assert "this exception ended on 2020-01-01 and silences nothing" in text
    assert ".unsprawl.yaml:3" in text


@pytest.mark.parametrize(
    ("own", "tree", "code"),
    [
        ("", "", 1),
        ("fail: {severity: critical}", "", 1),  # this one is critical
        ("", "fail: {confidence: high}", 1),
        ("fail: {confidence: high}", "", 0),
        ("fail: {confidence: high}", "fail: {confidence: medium}", 1),
    ],
)
def test_what_fails(own: str, tree: str, code: int, start: Program, project: Path) -> None:
    value = TOKEN if "severity" in own else "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
    put(
        project / ".mcp.json",
        config(x={"url": "https://x.example/mcp", "headers": {"Authorization": f"Bearer {value}"}}),
    )
    assert document(start, ".", cwd=project)["findings"][0]["confidence"] == ("high" if value == TOKEN else "medium")
    if own:
        put(project.parent / OWN, f"version: 1\n{own}\n")
    if tree:
        put(project / FILE, f"version: 1\n{tree}\n")
    done, text = run(start, "scan", ".", cwd=project)
    assert done == code
    assert ("1 secret shown does not fail, by ~/.config/unsprawl/policy.yaml" in text) == (code == 0)
    assert ("`fail` is laxer than your own policy" in text) == (tree == "fail: {confidence: high}")
    assert len(document(start, ".", cwd=project)["findings"]) == 1
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == code


@pytest.mark.parametrize(
    ("own", "tree", "words", "code"),
    [
        ("", "", [], 3),
        ("allow_unreadable: true", "", [], 0),
        ("", "allow_unreadable: true", [], 3),
        ("allow_unreadable: true", "allow_unreadable: false", [], 3),
        ("allow_unreadable: true", "", ["--strict"], 3),
        ("allow_unreadable: true", "nonsense: 1", [], 3),  # a policy must be in order all the same
    ],
)
def test_unreadable(own: str, tree: str, words: list[str], code: int, start: Program, project: Path) -> None:
    put(project / ".mcp.json", BROKEN)
    if own:
        put(project.parent / OWN, f"version: 1\n{own}\n")
    if tree:
        put(project / FILE, f"version: 1\n{tree}\n")
        put(project / "mcp.json", config(x=TIME))
    done, text = run(start, "scan", ".", *words, cwd=project)
    assert done == code
    assert "not checked" in text  # told in any case
    assert (" allowed by ~/.config/unsprawl/policy.yaml" in text) == ("true" in own and "false" not in tree)
    if not words:
        assert run(start, "hook", ".mcp.json", "mcp.json", cwd=project)[0] == code


def test_a_broken_policy_in_a_tree_is_told_and_moves_nothing(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    put(project / FILE, "version: 1\nignore: [{path: '**', reason: x}]\ntargts: [run]\n")
    code, text = run(start, "scan", ".", "--strict", cwd=project)
    assert code == 3
    assert ".unsprawl.yaml:3" in text
    assert "did you mean targets?" in text
    assert run(start, "scan", ".", cwd=project)[0] == 1  # nothing of it is in force
    code, text = run(start, "migrate", ".", "--yes", cwd=project)
    assert code == 4
    assert "the policy does not allow it" in text
    assert TOKEN in (project / ".mcp.json").read_text()


def test_a_link_is_not_followed(start: Program, project: Path) -> None:
    put(project.parent / "elsewhere.yaml", "version: 1\n")
    put(project / ".mcp.json", config(x=TIME))
    (project / FILE).symlink_to(project.parent / "elsewhere.yaml")
    code, text = run(start, "scan", ".", cwd=project)
    assert code == 3
    assert "a link is not followed" in text


@pytest.mark.parametrize("command", ["scan", "migrate", "hook"])
def test_a_broken_policy_of_ones_own(command: str, start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=TIME))
    put(project.parent / OWN, "version: 1\nfail: {severity: hihg}\n")
    code, text = run(start, command, ".mcp.json", cwd=project)
    assert code == (3 if command == "hook" else 2)
    assert "policy.yaml:2" in text
    assert "did you mean high?" in text


def test_no_such_policy(start: Program, project: Path) -> None:
    code, text = run(start, "scan", ".", "--policy", "nosuch.yaml", cwd=project)
    assert code == 2
    assert "there is no such file" in text


@pytest.mark.parametrize(
    ("own", "tree", "to", "moved"),
    [
        (None, None, "auto", "reference"),
        (None, "[run]", "auto", "run"),
        (None, "[]", "auto", None),
        ("[run]", "[reference, run]", "auto", "run"),
        ("[run]", "[reference]", "auto", None),
        (None, "[run]", "reference", None),
        ("[reference]", None, "reference", "reference"),
    ],
)
def test_targets(own: str | None, tree: str | None, to: str, moved: str | None, start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    if own:
        put(project.parent / OWN, f"version: 1\ntargets: {own}\n")
    if tree:
        put(project / FILE, f"version: 1\ntargets: {tree}\n")
    done = start("migrate", ".", "--dry-run", "--to", to, "--format", "json", cwd=project)
    plan = json.loads(done.stdout)["plan"]
    assert [step["target"] for step in plan["steps"]] == ([moved] if moved else [])
    assert all("the policy does not allow it" in refusal["reason"] for refusal in plan["refusals"])
    assert len(plan["refusals"]) == (moved is None)


@pytest.mark.parametrize(
    ("own", "tree", "to", "moved", "said"),
    [
        ("", "move: {entries: {x: run}}", "auto", "run", ""),
        ("", "move: {providers: {GitHub: run}}", "auto", "run", ""),
        ("", "move: {providers: {GitHub: run}}", "run", "run", ""),
        ("", "move: {providers: {GitHub: run}}", "reference", None, "the policy moves it to `run`"),
        ("move: {entries: {x: run}}", "", "auto", "run", ""),
        ("targets: [run]", "move: {entries: {x: reference}}", "auto", None, "the policy does not allow it"),
        ("targets: [run]", "move: {entries: {x: reference}}", "reference", None, "the policy does not allow it"),
        ("targets: [run]", "move: {entries: {x: reference}}", "run", None, "the policy moves it to `reference`"),
        ("", "move: {entries: {x: elsewhere}}", "auto", None, "the policy does not allow it"),  # a fault
        ("", "targets: [run]\nmove: {entries: {x: reference}}", "auto", None, "the policy does not allow it"),
    ],
)
def test_move(own: str, tree: str, to: str, moved: str | None, said: str, start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    for path, text in ((project.parent / OWN, own), (project / FILE, tree)):
        if text:
            put(path, f"version: 1\n{text}\n")
    done = start("migrate", ".", "--dry-run", "--to", to, "--format", "json", cwd=project)
    plan = json.loads(done.stdout)["plan"]
    assert [step["target"] for step in plan["steps"]] == ([moved] if moved else [])
    assert len(plan["refusals"]) == (moved is None)
    assert all(said in refusal["reason"] for refusal in plan["refusals"])


def test_move_of_a_named_policy_is_my_choice(start: Program, project: Path, tmp_path: Path) -> None:
    path = put(project / ".cursor/mcp.json", config(x=LITERAL, y=LITERAL))
    team = put(project / FILE, "version: 1\nmove: {entries: {x: run}}\n")
    code, text = run(start, "migrate", ".", "--policy", str(team), "--yes", cwd=project)
    assert code == 0, text
    servers = json.loads(path.read_text())["mcpServers"]
    assert servers["x"]["args"][0] == "run"
    assert servers["y"]["env"] == {"GITHUB_TOKEN": "${env:GITHUB_TOKEN}"}
    assert f"since the policy says so (~/{project.name}/{FILE}:2)" in " ".join(text.split())


def test_the_broker_that_my_policy_names_is_looked_for(start: Program, project: Path) -> None:
    put(project.parent / ".cursor/mcp.json", config(x=LITERAL))
    put(project.parent / OWN, "version: 1\nmove: {entries: {x: authsome}}\n")
    done = start("migrate", "~/.cursor", "--dry-run", "--format", "json", cwd=project)
    [refusal] = json.loads(done.stdout)["plan"]["refusals"]
    assert "nobody has looked" not in refusal["reason"]
    assert "nowhere but to `authsome`" in refusal["reason"]


@pytest.mark.parametrize(
    ("own", "tree", "noted"),
    [
        ("", "", False),
        ("", "hosts: [claude-code]", False),
        ("", "hosts: [cursor, copilot-cli]", False),  # it reads this file too
        ("", "hosts: [cursor]", True),
        ("hosts: [cursor]", "", True),
        ("hosts: [claude-code]", "hosts: [cursor]", True),
    ],
)
def test_hosts_that_nobody_uses(own: str, tree: str, noted: bool, start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(time=TIME))
    for path, text in ((project.parent / OWN, own), (project / FILE, tree)):
        if text:
            put(path, f"version: 1\n{text}\n")
    code, text = run(start, "scan", ".", cwd=project)
    assert code == 0  # a note fails nothing
    assert ("none of the hosts that read this is in use" in " ".join(text.split())) == noted
    found = [each for each in document(start, ".", cwd=project)["warnings"] if each["rule"] == "policy-host"]
    assert [(each["entry"], each["severity"]) for each in found] == ([("time", None)] if noted else [])
    done = start("explain", "time", "--path", ".", cwd=project)
    assert ("none of the hosts that read it is in use" in " ".join(done.stdout.split())) == noted


def test_a_file_of_no_host_has_none_that_nobody_uses(start: Program, project: Path) -> None:
    put(project / "servers.json", config(time=TIME))
    put(project / FILE, "version: 1\nhosts: [cursor]\n")
    assert [each["rule"] for each in document(start, ".", cwd=project)["warnings"]] == []


def test_migrate_tells_of_hosts_that_nobody_uses(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    put(project / FILE, "version: 1\nhosts: [cursor]\n")
    text = run(start, "migrate", ".", "--dry-run", cwd=project)[1]
    assert "by the policy none of the hosts that read it is in use" in " ".join(text.split())


@pytest.mark.parametrize(
    ("policy", "entry", "said"),
    [
        ("move: {entries: {x: run}}", BY_VARIABLE, "its key is at `reference`, the policy moves it to `run`"),
        ("move: {providers: {GitHub: run}}", {**BY_VARIABLE, "args": ["-y", "@modelcontextprotocol/server-github"]},
         ""),  # `explain` tells
        ("move: {entries: {x: reference}}", BY_VARIABLE, ""),
        ("move: {entries: {y: run}}", BY_VARIABLE, ""),
        ("move: {entries: {x: run}}", {"command": "unsprawl", "args": ["run", "x-1", "--", "npx"]}, ""),
        ("move: {entries: {x: run-argv}}", {"command": "unsprawl", "args": ["run", "x-1", "--", "npx"]}, ""),
        ("move: {entries: {x: wire}}", {"command": "unsprawl", "args": ["run", "x-1", "--", "npx"]}, "is at `run`"),
        ("move: {entries: {x: run}}", {"command": "unsprawl", "args": ["run", "--wire", "x-1", "--", "npx"]},
         "is at `wire`"),
        ("move: {entries: {x: run}}", TIME, ""),
        ("move: {entries: {x: run}}", LITERAL, ""),  # a finding, and no more is said
    ],
)  # fmt: skip
def test_a_key_that_went_elsewhere_is_a_note(
    policy: str, entry: dict[str, Any], said: str, start: Program, project: Path
) -> None:
    put(project / ".mcp.json", config(x=entry))
    put(project / FILE, f"version: 1\n{policy}\n")
    assert run(start, "scan", ".", cwd=project)[0] == (entry is LITERAL)
    found = [each for each in document(start, ".", cwd=project)["warnings"] if each["rule"] == "policy-target"]
    assert len(found) == bool(said)
    assert all(said in each["reason"] and each["severity"] is None for each in found)


@pytest.mark.parametrize(
    ("policy", "target", "said"),
    [
        ("move: {entries: {x: run}}", "run", "`run`, and nothing else"),
        ("move: {entries: {x: wire}}", "wire", "`wire`, and nothing else"),
        ("move: {entries: {x: authsome}}", "by-hand", "the policy wants `authsome`, and that cannot be"),
        ("move: {entries: {x: oauth}}", "by-hand", "the policy wants `oauth`, and that cannot be"),
        ("move: {providers: {GitHub: run, linear: wire}}", "run", "`run`, and nothing else"),
    ],
)
def test_explain_tells_the_target_of_a_policy(
    policy: str, target: str, said: str, start: Program, project: Path
) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    put(project / FILE, f"version: 1\n{policy}\n")
    text = " ".join(run(start, "explain", "x", "--path", ".", cwd=project)[1].split())
    assert said in text
    assert "policy Does a policy name the target?" in text
    assert f"(~/{project.name}/.unsprawl.yaml:2)" in text.replace("- ", "")
    done = start("explain", "x", "--path", ".", "--format", "json", cwd=project)
    [entry] = json.loads(done.stdout)["entries"]
    assert entry["recommendation"]["target"] == target
    [step] = [each for each in entry["path_of_decision"] if each["id"] == "policy"]
    assert step["why"].endswith(f"{FILE}:2")


def test_explain_of_two_targets(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    put(project.parent / OWN, "version: 1\nmove: {entries: {x: run}}\n")
    put(project / FILE, "version: 1\nmove: {entries: {x: wire}}\n")
    text = " ".join(run(start, "explain", "x", "--path", ".", cwd=project)[1].split())
    assert "the policy names several targets for it: run and wire" in text
    assert "`run` and `wire`, and nothing else" in text


def test_migrate_leaves_what_my_policy_ignores(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    put(project.parent / OWN, "version: 1\nignore: [{path: '**/.mcp.json', reason: mine}]\n")
    code, text = run(start, "migrate", ".", "--yes", cwd=project)
    assert code == 0
    assert "Nothing to move" in text


# --- the hook ---------------------------------------------------------------------------------------------------------


def test_the_hook_blocks_what_the_policy_forbids(start: Program, project: Path) -> None:
    put(project / "sub/.mcp.json", config(variable=BY_VARIABLE, time=TIME))
    put(project / FILE, FLOOR)
    git(project, "add", ".")
    code, text = run(start, "hook", "sub/.mcp.json", cwd=project)
    assert code == 1
    assert "sub/.mcp.json:3: variable: 6 environment is not allowed by the policy" in text
    assert "(.unsprawl.yaml:3)" in text


def test_the_hook_reads_the_policy_as_it_is_staged(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(variable=BY_VARIABLE))
    put(project / FILE, FLOOR)
    git(project, "add", ".")
    put(project / FILE, "version: 1\n")
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 1
    git(project, "add", ".")
    put(project / FILE, FLOOR)
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 0


def test_the_hook_counts_ignored_paths(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=LITERAL))
    put(project / FILE, "version: 1\nignore: [{path: .mcp.json, reason: made up}]\n")
    git(project, "add", ".")
    assert run(start, "hook", ".mcp.json", cwd=project) == (
        0, "unsprawl: 1 secret is not shown: 1 by an ignore list\n",
    )  # fmt: skip


def test_the_hook_says_that_a_policy_is_broken(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(x=TIME))
    put(project / FILE, "version: 9\n")
    git(project, "add", ".")
    code, text = run(start, "hook", ".mcp.json", cwd=project)
    assert code == 3
    assert "unsprawl: .unsprawl.yaml:1: not a policy" in text


# --- unsprawl policy --------------------------------------------------------------------------------------------------


def test_policy_check(start: Program, project: Path) -> None:
    code, text = run(start, "policy", "check", cwd=project)
    assert code == 0
    assert "no policy here" in text
    put(project.parent / OWN, "version: 1\nallow_unreadable: true\n")
    put(project / FILE, "version: 1\nallow_unreadable: true\n")
    put(project / "sub" / FILE, "version: 1\nignroe: []\n")
    code, text = run(start, "policy", "check", cwd=project)
    assert code == 0
    assert text.count("in order") == 2
    assert ".unsprawl.yaml:2: allow_unreadable: true counts in your own policy only" in text
    code, text = run(start, "policy", "check", cwd=project / "sub")
    assert code == 2
    assert ".unsprawl.yaml:2: not a policy: unknown key ignroe; did you mean ignore?" in text
    put(project / "sub" / FILE, "version: 1\ntargets: [run]\nmove:\n  entries:\n    x: wire\nhosts: [cursr]\n")
    code, text = run(start, "policy", "check", cwd=project / "sub")
    assert code == 2
    assert ".unsprawl.yaml:5: not a policy: the target is one that `targets` of the same policy" in text
    assert ".unsprawl.yaml:6: not a policy: unknown host; did you mean cursor?" in text
    assert run(start, "policy", "check", "nosuch", cwd=project)[0] == 2


def test_policy_schema(start: Program, project: Path) -> None:
    code, text = run(start, "policy", "schema", cwd=project)
    assert code == 0
    assert json.loads(text)["title"] == "unsprawl policy"
