"""The whole loop on real hosts: a secret is found, moved, still reaches the server, and comes back to the byte."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.external import npm
from tests.external.hosts import CLAUDE_SETTLED, Start, claude_code_starts, codex_starts, record_file, recorder_argv
from tests.external.installed import Installation
from tests.external.vscode import complaints

pytestmark = pytest.mark.external

SECRET = "".join(["sk_acme", "-", "7fQ2mZ0xVb", "Lr9TnW4hYc1Kd8"])
NAME = "TICKETS_TOKEN"


@dataclass(frozen=True, slots=True)
class Case:
    """One host's file, and how to let the host start what is in it."""

    id: str
    path: str
    write: Callable[[Path], str]
    starts: Callable[[Path, Path, Mapping[str, str]], list[Start]]


def entry(home: Path) -> dict[str, object]:
    command, *args = recorder_argv(home)
    return {"command": command, "args": args, "env": {"LOG_LEVEL": "info", NAME: SECRET}}


def claude_user(home: Path) -> str:
    return json.dumps(CLAUDE_SETTLED | {"mcpServers": {"tickets": {"type": "stdio", **entry(home)}}}, indent=2)


def claude_local(home: Path) -> str:
    project = {"mcpServers": {"tickets": entry(home)}}
    return json.dumps(CLAUDE_SETTLED | {"projects": {str(home / "work"): project}}, indent=2)


def codex_user(home: Path) -> str:
    command, *args = recorder_argv(home)
    lines = [
        "# my servers",
        "[mcp_servers.tickets]",
        f"command = {json.dumps(command)}",
        f"args = {json.dumps(args)}   # do not touch",
        "",
        "[mcp_servers.tickets.env]",
        'LOG_LEVEL = "info"',
        f'{NAME} = "{SECRET}"',
    ]
    return "\n".join(lines) + "\n"


def start_claude(home: Path, cwd: Path, env: Mapping[str, str]) -> list[Start]:
    return claude_code_starts(home, cwd, env, canaries=[SECRET])


def start_codex(home: Path, cwd: Path, env: Mapping[str, str]) -> list[Start]:
    return codex_starts(home, cwd, env, canaries=[SECRET])


CASES = [
    Case("claude-code-user", ".claude.json", claude_user, start_claude),
    Case("claude-code-local", ".claude.json", claude_local, start_claude),
    Case("codex", ".codex/config.toml", codex_user, start_codex),
]


@pytest.mark.parametrize("target", ["reference", "run"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_host_starts_the_migrated_server(machine: Installation, case: Case, target: str) -> None:
    home = machine.home
    work = home / "work"
    work.mkdir()
    config = home / case.path
    config.parent.mkdir(exist_ok=True)
    before = case.write(home).encode()
    config.write_bytes(before)
    config.chmod(0o600)

    [start] = case.starts(home, work, {})
    assert start.env[NAME] == SECRET
    assert config.read_bytes() == before, "the host itself rewrote its file: the rest would prove nothing"
    assert machine.unsprawl("scan", cwd=work).returncode == 1

    moved = machine.unsprawl("migrate", "--yes", "--to", target, cwd=work)
    assert moved.returncode == 0, moved.stderr + moved.stdout
    after = config.read_bytes()
    assert SECRET.encode() not in after
    assert after != before
    assert b"LOG_LEVEL" in after
    assert machine.unsprawl("scan", cwd=work).returncode == 0
    if target == "reference":
        unloaded = machine.unsprawl("verify", "tickets", cwd=work)
        assert unloaded.returncode == 3
        (home / ".bashrc").write_text(". ~/.config/unsprawl/env.sh\n")
    verified = machine.unsprawl("verify", "tickets", cwd=work)
    assert verified.returncode == 0, verified.stderr + verified.stdout

    exported = machine.shell_environment() if target == "reference" else {}
    [start] = case.starts(home, work, exported)
    assert start.env[NAME] == SECRET
    assert start.env["LOG_LEVEL"] == "info"

    undone = machine.unsprawl("undo", "--yes", cwd=work)
    assert undone.returncode == 0, undone.stderr + undone.stdout
    assert config.read_bytes() == before
    [start] = case.starts(home, work, {})
    assert start.env[NAME] == SECRET
    for done in (moved, verified, undone):
        assert SECRET not in done.stdout + done.stderr
    kept = [path for path in home.rglob("*") if path.is_file() and path not in (config, record_file(home))]
    assert not [path for path in kept if ".claude/backups" not in str(path) and SECRET.encode() in path.read_bytes()]


def test_a_shared_file_names_a_variable_and_each_person_keeps_the_value(machine: Installation) -> None:
    home = machine.home
    work = home / "work"
    (work / ".git").mkdir(parents=True)
    config = work / ".mcp.json"
    before = json.dumps({"mcpServers": {"tickets": entry(home)}}, indent="\t").encode()
    config.write_bytes(before)
    (home / ".claude").mkdir()
    (home / ".claude" / "settings.json").write_text(json.dumps({"enableAllProjectMcpServers": True}))
    (home / ".claude.json").write_text(json.dumps(CLAUDE_SETTLED))

    moved = machine.unsprawl("migrate", "--yes", cwd=work)
    assert moved.returncode == 0, moved.stderr + moved.stdout
    assert f'"{NAME}": "${{{NAME}}}"'.encode() in config.read_bytes()
    [start] = start_claude(home, work, machine.shell_environment())
    assert start.env[NAME] == SECRET
    assert machine.unsprawl("undo", "--yes", cwd=work).returncode == 0
    assert config.read_bytes() == before


@pytest.mark.parametrize("target", ["reference", "run"])
def test_vscode_takes_the_migrated_file_by_its_published_schema(machine: Installation, target: str) -> None:
    home = machine.home
    config = home / ".config" / "Code" / "User" / "mcp.json"
    config.parent.mkdir(parents=True)
    remote = {"type": "http", "url": "https://tickets.test/mcp", "headers": {"Authorization": f"Bearer {SECRET}"}}
    servers = {"tickets": {"type": "stdio", **entry(home)}}
    servers |= {"wiki": remote} if target == "reference" else {}
    before = json.dumps({"servers": servers}, indent=4).encode()
    config.write_bytes(before)
    assert complaints(json.loads(before)) == []

    moved = machine.unsprawl("migrate", "--yes", "--to", target, cwd=home)
    assert moved.returncode == 0, moved.stderr + moved.stdout
    assert SECRET.encode() not in config.read_bytes()
    document = json.loads(config.read_bytes())
    assert complaints(document) == []
    if target == "reference":
        wanted = {item["id"] for item in document["inputs"] if item["password"] is True}
        assert document["servers"]["tickets"]["env"][NAME] in {f"${{input:{name}}}" for name in wanted}
    assert machine.unsprawl("undo", "--yes", cwd=home).returncode == 0
    assert config.read_bytes() == before


@pytest.mark.parametrize("target", ["reference", "run"])
@pytest.mark.parametrize(
    ("case", "program", "name"),
    [(CASES[0], npm.CLAUDE_CODE, "claude"), (CASES[2], npm.CODEX, "codex")],
    ids=["claude-code", "codex"],
)
def test_verify_starts_the_server_and_lets_the_host_load_its_file(
    machine: Installation, case: Case, program: str, name: str, target: str
) -> None:
    home = machine.home
    config = home / case.path
    config.parent.mkdir(exist_ok=True)
    config.write_text(case.write(home))
    (home / ".bashrc").write_text(". ~/.config/unsprawl/env.sh\n")
    folder = home / "bin"
    folder.mkdir()
    (folder / name).write_text(f'#!/bin/sh\nexec {shlex.join(map(str, npm.command(program)))} "$@"\n')
    (folder / name).chmod(0o755)
    assert machine.unsprawl("migrate", "--yes", "--to", target, cwd=home).returncode == 0

    path = f"{folder}:{machine.program.parent}:/usr/bin:/bin"
    done = machine.unsprawl("verify", "tickets", "--start", "--yes", cwd=home, env={"PATH": path})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the server answered and has 1 tool" in done.stdout
    assert "knows the entry" in done.stdout
    assert f"{name} mcp list" in done.stderr
    assert SECRET not in done.stdout + done.stderr
