"""Silenced findings at the command line: exit codes, counts, the hook, migrate, and no value anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.homes import brave, github
from tests.cli.program import Program, program
from tests.git import git

VALUES = [github(71), github(72), brave(73), github(74)]
ALLOWED, SHOWN, OTHER, ELSEWHERE = VALUES
TEXT = """{
  "servers": {
    "a": { "command": "npx", "env": {
      // unsprawl:allow NOTE
      "GITHUB_TOKEN": "%s",
      "GH_TOKEN": "%s"
    } },
    "b": { "command": "npx", "args": ["brave-search-mcp"], "env": { "BRAVE_API_KEY": "%s" } }
  }
}
"""


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    folder = home / "project"
    (folder / ".vscode").mkdir(parents=True)
    git(folder, "init", "-q")
    # The reason of a comment, the name of a folder: a silenced value may stand in all of them.
    (folder / ".vscode/mcp.json").write_text((TEXT % (ALLOWED, SHOWN, OTHER)).replace("NOTE", f"was {ALLOWED}"))
    return program(home, tmp_path / "bin")


def checked(start: Program, *words: str, cwd: Path | None = None) -> tuple[int, str]:
    done = start(*words, cwd=cwd or Path(start.environ["HOME"], "project"))
    assert [value for value in VALUES if value in done.stdout + done.stderr] == []
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def prints(start: Program, *words: str) -> list[str]:
    document = json.loads(checked(start, "scan", ".", "--format", "json", *words)[1])
    return [finding["fingerprint"] for finding in document["findings"]]


@pytest.mark.parametrize(
    ("words", "code", "found", "suppressed"),
    [
        ([], 1, 2, {"allowed": 2}),  # the value, and its copy in the comment's own reason
        (["--no-ignore"], 1, 4, {}),
        (["--min-severity", "critical"], 1, 1, {"allowed": 2, "below_severity": 1}),
        (["--min-severity", "critical", "--no-ignore"], 1, 3, {"below_severity": 1}),
        (["--min-confidence", "high"], 1, 2, {"allowed": 2}),
        (["--exclude", ".vscode"], 0, 0, {"excluded": 1}),
    ],
    ids=str,
)
def test_json(start: Program, words: list[str], code: int, found: int, suppressed: dict[str, int]) -> None:
    returned, text = checked(start, "scan", ".", "--format", "json", *words)
    document = json.loads(text)
    assert returned == code
    assert len(document["findings"]) == document["stats"]["findings"] == found
    every = dict.fromkeys(("excluded", "allowed", "ignored", "baseline", "below_severity", "below_confidence"), 0)
    assert document["suppressed"] == every | suppressed
    assert {place for sprawl in document["sprawls"] for place in sprawl["places"]} == {
        finding["fingerprint"] for finding in document["findings"]
    }


def test_all_silenced_is_clean_and_told(start: Program, home: Path) -> None:
    (home / "project/.unsprawlignore").write_text("\n".join(prints(start)))
    code, text = checked(start, "scan", ".")
    assert code == 0
    assert "4 secrets are not shown: 2 by a comment, 2 by an ignore list" in text
    code, text = checked(start, "scan", ".", "--verbose")
    assert text.count("silenced  ") == 4
    assert ".unsprawlignore:1" in text
    assert "was <hidden>" in text
    assert checked(start, "scan", ".", "--no-ignore")[0] == 1


def test_a_silenced_value_in_a_name_is_hidden(start: Program, home: Path) -> None:
    folder = home / "project" / OTHER
    folder.mkdir()
    (folder / ".mcp.json").write_text(json.dumps({"mcpServers": {OTHER: {"command": "x", "env": {"A_TOKEN": OTHER}}}}))
    (home / "project/.unsprawlignore").write_text("**")
    code, text = checked(start, "scan", ".", "--verbose")
    assert code == 0
    assert "<hidden>/.mcp.json" in text


def test_the_hook(start: Program, home: Path) -> None:
    project = home / "project"
    code, text = checked(start, "hook", ".vscode/mcp.json")
    assert code == 1
    assert "2 secrets are not shown: 2 by a comment" in text
    assert "2 secrets in MCP configuration" in text
    (project / ".unsprawlignore").write_text("\n".join(prints(start)))
    code, text = checked(start, "hook", ".vscode/mcp.json")
    assert code == 0
    assert text == "unsprawl: 4 secrets are not shown: 2 by a comment, 2 by an ignore list\n"


def test_the_hook_reads_the_list_as_it_is_staged(start: Program, home: Path) -> None:
    project = home / "project"
    (project / ".unsprawlignore").write_text("**\n")
    git(project, "add", ".")
    (project / ".unsprawlignore").write_text("")
    assert checked(start, "hook", ".vscode/mcp.json")[0] == 0
    (project / ".unsprawlignore").write_text("**\n")
    git(project, "rm", "-q", "--cached", ".unsprawlignore")
    assert checked(start, "hook", ".vscode/mcp.json")[0] == 0  # a list that is not staged yet is read from disk
    (project / ".unsprawlignore").write_text("")
    git(project, "add", ".")
    (project / ".unsprawlignore").write_text("**\n")
    assert checked(start, "hook", ".vscode/mcp.json")[0] == 1


def test_the_hook_reads_the_list_of_each_repository(start: Program, home: Path) -> None:
    other = home / "other"
    other.mkdir()
    git(other, "init", "-q")
    (other / ".unsprawlignore").write_text("**\n../project/**\n")
    (other / ".mcp.json").write_text(
        json.dumps({"mcpServers": {"x": {"command": "x", "env": {"GITHUB_TOKEN": ELSEWHERE}}}})
    )
    code, text = checked(start, "hook", ".mcp.json", "../project/.vscode/mcp.json", cwd=other)
    assert code == 1
    assert "3 secrets are not shown: 2 by a comment, 1 by an ignore list" in text
    assert "2 secrets in MCP configuration" in text
    assert "other/" not in text


def test_migrate_leaves_what_is_silenced(start: Program, home: Path) -> None:
    path = home / "project/.vscode/mcp.json"
    before = path.read_text()
    code, text = checked(start, "migrate", ".", "--yes")
    assert code == 0
    assert "2 secrets are not shown: 2 by a comment; they stay" in text
    after = path.read_text()
    assert ALLOWED in after
    assert SHOWN not in after
    assert OTHER not in after
    assert checked(start, "verify")[0] == 0
    assert checked(start, "scan", ".")[0] == 0
    assert checked(start, "undo", "--yes")[0] == 0
    assert path.read_text() == before


def test_what_is_silenced_is_nothing_to_move(start: Program, home: Path) -> None:
    (home / "project/.unsprawlignore").write_text("**")
    code, text = checked(start, "migrate", ".", "--yes")
    assert code == 0
    assert "Nothing to move." in text


def test_what_stays_silenced_is_in_no_journal(start: Program, home: Path) -> None:
    checked(start, "migrate", ".", "--yes")
    stored = [path for path in home.rglob("*") if path.is_file() and ".local" in path.parts]
    assert stored
    assert [path for path in stored if ALLOWED.encode() in path.read_bytes()] == []
