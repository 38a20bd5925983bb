"""`unsprawl` alone: at most ten lines of 80 columns, all true, and what to type next."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.homes import BIDI, SECRETS, build, github
from tests.cli.program import Program, program
from tests.git import git
from unsprawl.scanner.errors import Exit


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    return program(home, tmp_path / "bin", columns=80)


def lines(text: str) -> dict[str, str]:
    """What each line says, by its label."""
    return {line[:12].strip(): line[12:] for line in text.splitlines()}


def config(path: Path, **servers: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = {name: {"command": "x", "env": {"GITHUB_TOKEN": token}} for name, token in servers.items()}
    path.write_text(json.dumps({"mcpServers": entries}))


def test_an_empty_machine(start: Program) -> None:
    done = start()
    assert (done.returncode, done.stderr) == (Exit.CLEAN, "")
    assert done.stdout == (
        "secrets     no literal secrets\n"
        "hosts       none found\n"
        "vault       empty\n"
        "git hook    no git repository here\n"
        "next        unsprawl scan ~  looks through your whole home folder\n"
    )


def test_secrets_in_several_places(start: Program, home: Path) -> None:
    config(home / ".cursor" / "mcp.json", a=github(1), b="${env:GITHUB_TOKEN}")
    config(home / ".claude.json", a=github(1), c=github(2))
    done = start()
    assert done.returncode == Exit.FOUND
    assert lines(done.stdout) == {
        "secrets": "2 in 3 places: 2 critical; 1 with copies",
        "hosts": "Claude Code, Cursor (2 files, 4 servers)",
        "whose": "GitHub 2 (critical)",
        "approaches": "4 environment",
        "vault": "empty",
        "git hook": "no git repository here",
        "next": "unsprawl migrate  moves them, one by one (unsprawl scan lists them)",
    }


@pytest.mark.parametrize("columns", ["80", "120", "40", "1"])
@pytest.mark.parametrize("at", [".", "project"])
def test_a_messy_machine(columns: str, at: str, start: Program, home: Path) -> None:
    build(home)
    for number in range(30):
        config(home / ".claude" / "plugins" / f"{BIDI}{number}" / ".mcp.json", **{f"s{number}": github(300 + number)})
        (home / ".claude" / "plugins" / f"{number}" / ".claude-plugin").mkdir(parents=True)
        (home / ".claude" / "plugins" / f"{number}" / ".claude-plugin" / "plugin.json").write_text("{")
    done = start(cwd=home / at, env={"COLUMNS": columns})
    assert done.returncode == Exit.FOUND
    assert done.stderr == ""
    text = done.stdout
    assert len(text.splitlines()) <= 10
    assert max(cell_len(line) for line in text.splitlines()) <= max(int(columns), 40)
    assert text.isprintable() or text.replace("\n", "").isprintable()
    assert not [name for name, value in SECRETS.items() if value in text]
    said = lines(text)
    assert re.match(r"\d+ in \d+ places", said["secrets"])
    assert "not read" in said
    if columns == "80":
        assert " and " in said["not read"]
        assert "\u2026" not in text
        assert said["git hook"] == ("not in this repository" if at == "project" else "no git repository here")


def test_incomplete(start: Program, home: Path) -> None:
    (home / ".gemini").mkdir()
    (home / ".gemini" / "settings.json").write_text('{"mcpServers": ')
    done = start()
    assert done.returncode == Exit.INCOMPLETE
    said = lines(done.stdout)
    assert said["not read"] == "~/.gemini/settings.json"
    assert said["next"].startswith("unsprawl scan ")


def test_the_repository_that_one_is_in(start: Program, home: Path) -> None:
    project = home / "project"
    config(project / ".mcp.json", x=github(3))
    (project / "sub").mkdir()
    assert lines(start(cwd=home).stdout)["secrets"] == "no literal secrets"
    git(project, "init", "-q")
    said = lines(start(cwd=project / "sub").stdout)
    assert said["secrets"] == "1 in 1 place: 1 critical"
    assert said["git hook"] == "not in this repository"
    (project / ".git" / "hooks").mkdir(exist_ok=True)
    (project / ".git" / "hooks" / "pre-commit").write_text("unsprawl hook")
    assert lines(start(cwd=project).stdout)["git hook"] == "checks this repository before each commit"


def test_the_vault(start: Program, home: Path) -> None:
    project = home / "project"
    config(project / ".mcp.json", x=github(3))
    git(project, "init", "-q")
    assert start("migrate", "--to", "run", "--yes", cwd=project).returncode == Exit.CLEAN
    assert lines(start(cwd=project).stdout)["vault"] == "1 record, used by 1 server here"
    assert lines(start(cwd=home).stdout)["vault"] == "1 record, used by 0 servers here"
    (record,) = (home / ".local/share/unsprawl/vault/records").glob("*.json")
    record.write_text("{")
    assert lines(start(cwd=home).stdout)["vault"] == "1 record, not all in order: unsprawl vault list"


def test_no_git_process_and_no_store(home: Path, tmp_path: Path) -> None:
    """The card reads files and starts nothing."""
    audit = (
        'sys.addaudithook(lambda event, _: event in ("subprocess.Popen", "os.exec", "socket.connect") and os._exit(99))'
    )
    project = home / "project"
    config(project / ".mcp.json", x=github(3))
    git(project, "init", "-q")
    assert program(home, tmp_path / "bin", extra=audit)(cwd=project).returncode == Exit.FOUND


def test_help_stays_help(start: Program) -> None:
    for words in (["--help"], ["-h"]):
        assert start(*words).stdout.startswith("Usage: unsprawl [OPTIONS]")
