"""`unsprawl hosts`: what is here first, whose file it is, and where the others would be."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.homes import github
from tests.cli.program import Program, program
from unsprawl.scanner.hosts import hosts


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    return program(home, tmp_path / "bin")


def put(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))


def entry(token: str) -> dict[str, object]:
    return {"command": "npx", "env": {"GITHUB_TOKEN": token}}


@pytest.mark.parametrize("width", [80, 120])
def test_all_hosts_fit_the_terminal(start: Program, home: Path, width: int) -> None:
    put(home / ".config/zed/settings.json", {"context_servers": {"x": entry(github(1))}})
    shown = start("hosts", "--all", env={"COLUMNS": str(width)}).stdout
    lines = shown.splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("Zed  references: inherited")
    for host in hosts():
        assert sum(line.startswith(f"{host.name}  references: ") for line in lines) == 1
    assert f"{len(hosts())} hosts are known, files of 1 were found" in shown
    for said in ("~/.config/Code/User/mcp.json  and 9 more folders", "references: not known", "~/.warp/.mcp.json"):
        assert said in shown
    for elsewhere in ("%APPDATA%", "/Library/", "C:/", "<", "$CODEX_HOME"):  # not on this system, not set
        assert elsewhere not in shown
    assert shown.count("\n\n\n") == 0


def test_a_folder_that_a_variable_names(start: Program, home: Path) -> None:
    shown = start("hosts", "--all", env={"CODEX_HOME": str(home / "elsewhere")}).stdout
    assert "  ~/elsewhere/config.toml\n" in shown


def test_a_file_is_listed_for_whom_it_holds_something(start: Program, home: Path) -> None:
    settings = home / ".config/Code/User/settings.json"
    put(settings, {"editor.fontSize": 12})
    put(home / ".claude.json", {"mcpServers": {"x": entry(github(1))}})
    document = json.loads(start("hosts", "--format", "json").stdout)
    found = {host["id"]: host["files"] for host in document["hosts"]}
    assert set(found) == {"vscode", "claude-code", "warp"}  # and not each extension that has its key in the settings
    put(settings, {"amp.mcpServers": {"x": entry(github(2))}})
    document = json.loads(start("hosts", "--format", "json").stdout)
    found = {host["id"]: [(file["entries"], file["findings"]) for file in host["files"]] for host in document["hosts"]}
    assert found == {"vscode": [(0, 0)], "amp": [(1, 1)], "claude-code": [(1, 1)], "warp": [(1, 1)]}
    assert "another host's file" in start("hosts").stdout


def test_a_host_whose_file_cannot_be_read_is_shown_with_the_reason(start: Program, home: Path) -> None:
    for folder in (".codex", ".cursor", ".gemini"):
        (home / folder).mkdir()
    os.mkfifo(home / ".codex/config.toml")
    (home / ".gemini/settings.json").symlink_to("gone.json")
    (home / ".cursor/mcp.json").write_bytes(b'{"mcpServers": {"\xff": {"command": "x"}}}')
    done = start("hosts")
    blocks = {block.split("  ")[0].split("\n")[0]: block for block in done.stdout.split("\n\n")}
    assert set(blocks) >= {"Codex", "Gemini CLI", "Cursor"}
    assert "  ~/.codex/config.toml  not checked: not a regular file" in blocks["Codex"]
    assert "  ~/.gemini/settings.json  not checked: cannot be read" in blocks["Gemini CLI"]
    assert "\n    This link leads to nothing" in blocks["Gemini CLI"]
    assert "~/.cursor/mcp.json  1 server, no secrets  not read in full, see below" in blocks["Cursor"]
    assert "not checked  ~/.cursor/mcp.json  not valid UTF-8" in done.stdout
    assert done.stdout.count("config.toml") == 1  # told once
    assert "files of 3 were found" in done.stdout
    assert done.returncode == 3

    document = json.loads(start("hosts", "--format", "json").stdout)
    found = {host["id"]: host for host in document["hosts"]}
    assert {name: host["unread"] for name, host in found.items()} == {
        "codex": [{"path": str(home / ".codex/config.toml"), "code": "not-a-file"}],
        "gemini-cli": [{"path": str(home / ".gemini/settings.json"), "code": "unreadable"}],
        "cursor": [],
    }
    assert found["codex"]["files"] == []
    assert len(document["problems"]) == 3


def test_a_home_without_any(start: Program) -> None:
    done = start("hosts")
    assert f"{len(hosts())} hosts are known, files of none were found" in done.stdout


def test_what_is_known_of_references_is_told(start: Program) -> None:
    document = json.loads(start("hosts", "--all", "--format", "json").stdout)
    known = {host["id"]: (host["references_known"], len(host["references"])) for host in document["hosts"]}
    assert (known["lm-studio"], known["void"], known["droid"]) == ((False, 0), (True, 0), (True, 1))
