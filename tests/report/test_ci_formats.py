"""`--format github` and `--format gitlab`: what a runner would make of every line, whatever a file is called."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest

from tests.cli.homes import github
from tests.cli.program import Program
from tests.git import git

TOKENS = [github(number) for number in range(200, 232)]
_COMMAND = re.compile(r"::([a-z-]+)(?: ([^\n]*?))?::(.*)")


class Command(NamedTuple):
    """A line as the runner of GitHub reads it."""

    name: str
    properties: dict[str, str]
    message: str


def read(line: str) -> Command | None:
    """By the runner's own rules: blanks before it do not count, `##[` anywhere is the older form."""
    text = line.lstrip()
    if not text.startswith("::"):
        assert "##[" not in line
        return None
    end = text.index("::", 2)
    name, _, rest = text[2:end].partition(" ")
    pairs = dict(each.strip().split("=", 1) for each in rest.split(",") if "=" in each)
    return Command(name, {key: unquote(value) for key, value in pairs.items()}, unquote(text[end + 2 :]))


def put(path: Path, *tokens: str, name: str = "x", key: str = "GITHUB_TOKEN") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    servers = {f"{name}{n or ''}": {"command": "npx", "env": {key: each}} for n, each in enumerate(tokens)}
    path.write_text(json.dumps({"mcpServers": servers}, indent=2))


def scan(start: Program, project: Path, name: str, *words: str) -> tuple[int, str]:
    done = start("scan", ".", "--format", name, *words, cwd=project)
    assert not any(token in done.stdout + done.stderr for token in TOKENS)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_an_annotation(start: Program, project: Path) -> None:
    put(project / "sub/.mcp.json", TOKENS[0], name="git")
    code, text = scan(start, project, "github")
    assert code == 1
    command, summary = text.splitlines()
    found = read(command)
    assert found is not None
    assert found.name == "error"
    assert found.properties == {
        "file": "sub/.mcp.json", "line": "6", "col": "26", "endColumn": "66",
        "title": "unsprawl: critical secret (github-pat-classic)",
    }  # fmt: skip
    assert found.message.startswith("GitHub personal access token (classic) (format and checksum) in env GITHUB_TOKEN")
    assert read(summary) is None
    assert summary == "  unsprawl: secrets: 1, policy violations: 0, not checked: 0"


def test_levels_and_the_limit(start: Program, project: Path) -> None:
    put(project / ".mcp.json", *TOKENS[:12])
    (project / "mcp.json").write_text('{"mcpServers": {')
    code, text = scan(start, project, "github")
    lines = [read(line) for line in text.splitlines()]
    names = [each.name for each in lines if each]
    assert code == 1
    assert names.count("error") == 10
    assert "warning" in names
    rest = [line for line, command in zip(text.splitlines(), lines, strict=True) if command is None]
    assert len(rest) == 3  # two that GitHub would not show, and the sum
    assert [line.startswith("  error: .mcp.json:") for line in rest] == [True, True, False]
    assert "secrets: 12" in rest[2]


HOSTILE = ["::error::x", "a,line=1", "b%0A::error::c", "c:d", "##[add-mask]e", "f\n::error::g", "::stop-commands::h"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_command(name: str, start: Program, project: Path) -> None:
    put(project / name / ".mcp.json", *TOKENS[:12], name=name, key=f"{name} TOKEN")
    (project / name / "opencode.json").write_text("{")
    code, text = scan(start, project, "github")
    assert code == 1
    commands = [found for line in text.splitlines() if (found := read(line)) is not None]
    assert {each.name for each in commands} <= {"error", "warning", "notice"}
    assert len([each for each in commands if each.name == "error"]) == 10
    shown = name.replace("\n", "\\n")
    for each in commands:
        assert each.properties["file"] in (f"{shown}/.mcp.json", f"{shown}/opencode.json")
        assert set(each.properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
        assert each.properties["title"].startswith("unsprawl: ")


def test_what_lies_elsewhere_has_no_file(start: Program, project: Path) -> None:
    put(project.parent / ".cursor/mcp.json", TOKENS[0])
    text = start("scan", "--format", "github", cwd=project).stdout
    found = read(text.splitlines()[0])
    assert found is not None
    assert "file" not in found.properties
    assert found.message.startswith(f"{project.parent}/.cursor/mcp.json: ")
    assert json.loads(start("scan", "--format", "gitlab", cwd=project).stdout) == []


def test_what_has_no_line(start: Program, project: Path) -> None:
    (project / ".mcp.json").write_bytes(bytes(range(256)))
    code, text = scan(start, project, "github")
    assert code == 3
    found = read(text.splitlines()[0])
    assert found is not None
    assert (found.name, found.properties["file"]) == ("warning", ".mcp.json")
    assert set(found.properties) == {"file", "title"}
    assert [each["location"]["lines"]["begin"] for each in json.loads(scan(start, project, "gitlab")[1])] == [1]


def test_violations_and_the_baseline(start: Program, project: Path) -> None:
    put(project / ".mcp.json", TOKENS[0])
    start("scan", "--update-baseline", cwd=project)
    (project / ".unsprawl.yaml").write_text("version: 1\napproach: {lowest: 5, severity: medium}\n")
    code, text = scan(start, project, "github", "--baseline")
    assert code == 1
    found = read(text.splitlines()[0])
    assert found is not None
    assert (found.name, found.properties["title"]) == ("warning", "unsprawl: policy-approach")
    assert "secrets: 0, policy violations: 1, not checked: 0, known to the baseline: 1" in text


def test_code_quality(start: Program, project: Path) -> None:
    put(project / "sub/.mcp.json", *TOKENS[:2], name="git")
    (project / "mcp.json").write_text('{"mcpServers": {')
    code, text = scan(start, project, "gitlab")
    assert code == 1
    issues = json.loads(text)
    assert [(each["severity"], each["location"]["path"], each["location"]["lines"]["begin"]) for each in issues][
        :2
    ] == [
        ("blocker", "sub/.mcp.json", 6),
        ("blocker", "sub/.mcp.json", 12),
    ]
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    for each in issues:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert each["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert each["location"]["lines"]["begin"] >= 1
    assert any(each["description"].startswith("not checked: ") for each in issues)
    assert scan(start, project, "gitlab")[1] == text


def test_nobody_is_told_to_move_what_stands_in_a_document(start: Program, project: Path) -> None:
    (project / "README.md").write_text(f"`claude mcp add x -e GITHUB_TOKEN={TOKENS[0]} -- npx x`\n")
    git(project, "add", ".")
    git(project, "-c", "user.name=Zoe", "-c", "user.email=zoe@acme.example", "commit", "-qm", "a")
    by_hand = {
        "json": '"document": true',
        "sarif": 'in env GITHUB_TOKEN of the server \\"x\\". Take it out by hand, then replace it.',
        "github": "Take it out by hand, then replace it.",
        "terminal": "what stands in documents is taken out by hand",
    }
    for name, said in by_hand.items():
        code, text = scan(start, project, name)
        assert code == 1
        assert said in text, name
        assert "Move it out" not in text.replace("Move it out of the configuration", ""), name
    assert "unsprawl migrate" not in scan(start, project, "terminal")[1]
    code, text = scan(start, project, "terminal", "--history")
    assert code == 1
    assert by_hand["terminal"] in text
    assert "still in the work tree" in text
    assert "unsprawl migrate" not in text
    assert "then take it out by hand." in scan(start, project, "github", "--history")[1]
