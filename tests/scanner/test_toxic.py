"""Servers that read files, beside files with secrets."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.scanner.test_scan import config, put, scan, token

NPX = ["npx", "-y", "@modelcontextprotocol/server-filesystem"]


def servers(*command: str, **more: object) -> str:
    return json.dumps({"mcpServers": {"files": {"command": command[0], "args": list(command[1:]), **more}}})


def pairs(home: Path, cwd: Path) -> list[str]:
    result = scan(str(home), cwd=cwd, home=home, environ={"HOME": str(home)})
    return [warning.message for warning in result.warnings if warning.code == "toxic-pair"]


READS = [
    [*NPX, "{home}"],
    [*NPX, "/srv/nothing", "{home}/.cursor"],
    [*NPX, "~"],
    [*NPX, "~/.cursor"],
    [*NPX, "$HOME"],
    [*NPX, "${HOME}/.cursor"],
    [*NPX, "/"],
    ["docker", "run", "-i", "--rm", "-v", "{home}:/data", "mcp/filesystem", "/data"],
    ["docker", "run", "-i", "--mount", "type=bind,src={home},dst=/projects", "mcp/filesystem", "/projects"],
    ["uvx", "mcp-server-git", "--repository", "{home}"],
    ["uvx", "mcp-server-git", "--repository={home}/.cursor"],
    ["npx", "-y", "@wonderwhy-er/desktop-commander@latest"],
]


@pytest.mark.parametrize("command", READS, ids=lambda command: " ".join(command[-3:]))
def test_tells_what_a_server_may_read(command: list[str], home: Path, tmp_path: Path) -> None:
    put(home / ".cursor/mcp.json", config(token(1)))
    put(home / ".claude.json", servers(*(word.replace("{home}", str(home)) for word in command)))
    [message] = pairs(home, tmp_path)
    assert os.path.join(".cursor", "mcp.json") in message
    assert "holds secrets" in message


LEAVES = [
    [*NPX, "/srv/nothing"],
    [*NPX, "{home}/.curs"],
    [*NPX, "~/projects"],
    [*NPX, "$SOMEWHERE"],
    [*NPX],
    ["docker", "run", "-i", "--rm", "-v", "data:/data", "mcp/filesystem", "/"],
    ["uvx", "mcp-server-git"],
    ["npx", "-y", "tickets-mcp", "{home}"],
]


@pytest.mark.parametrize("command", LEAVES, ids=lambda command: " ".join(command[-3:]))
def test_is_silent_elsewhere(command: list[str], home: Path, tmp_path: Path) -> None:
    put(home / ".cursor/mcp.json", config(token(1)))
    put(home / ".claude.json", servers(*(word.replace("{home}", str(home)) for word in command)))
    assert pairs(home, tmp_path) == []


def test_a_disabled_server_reads_nothing(home: Path, tmp_path: Path) -> None:
    put(home / ".cursor/mcp.json", config(token(1)))
    put(home / ".claude.json", servers(*NPX, str(home), disabled=True))
    assert pairs(home, tmp_path) == []


def test_without_secrets_there_is_no_pair(home: Path, tmp_path: Path) -> None:
    put(home / ".cursor/mcp.json", config("${TOKEN}"))
    put(home / ".claude.json", servers(*NPX, str(home)))
    assert pairs(home, tmp_path) == []


def test_counts_the_other_files_and_follows_links(home: Path, tmp_path: Path) -> None:
    put(home / ".cursor/mcp.json", config(token(1)))
    put(home / ".gemini/settings.json", config(token(2)))
    (home / "link").symlink_to(home, target_is_directory=True)
    put(home / ".claude.json", servers(*NPX, str(home / "link")))
    [message] = pairs(home, tmp_path)
    assert " and 1 more hold secrets" in message


def test_the_project_folder_is_where_the_repository_begins(home: Path, tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    (repo / ".git").mkdir(parents=True)
    put(repo / ".vscode/mcp.json", servers(*NPX, "${workspaceFolder}").replace("mcpServers", "servers"))
    put(repo / "sub/.mcp.json", config(token(1)))
    result = scan(str(repo), cwd=tmp_path, home=home)
    [warning] = [warning for warning in result.warnings if warning.code == "toxic-pair"]
    assert (warning.entry, warning.hosts) == ("files", ("vscode", "visual-studio"))
