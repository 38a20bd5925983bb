"""What `migrate` shows of a change: the fields it touches, and nothing that stands beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rewriters.support import Bench, github
from unsprawl.rewriters.changes import changes

NEIGHBOUR = "".join(["nb", "7Kq2Lm9Z", "t4Wp1Rn8"])


def shown(bench: Bench, path: Path, target: str) -> list[str]:
    [file] = bench.plan(path, target=target).files
    return [change.line for step in file.steps for change in changes(file, step)]


@pytest.mark.parametrize("target", ["run", "reference"])
@pytest.mark.parametrize("indent", [None, 2])
def test_no_neighbour_and_no_other_spelling_is_shown(bench: Bench, home: Path, target: str, indent: int | None) -> None:
    value = github()
    escaped = json.dumps({"note": value}).replace(value[5:9], "".join(f"\\u{ord(c):04x}" for c in value[5:9]))
    servers = {"x": {"command": "npx", "args": ["-y", "server-x"], "env": {"GITHUB_TOKEN": value, "HINT": NEIGHBOUR}}}
    text = json.dumps({"oauthToken": NEIGHBOUR, "mcpServers": servers}, indent=indent)
    (home / ".claude.json").write_text(text[:-1].rstrip() + f', "other": {escaped}}}')
    lines = shown(bench, home / ".claude.json", target)
    assert not [line for line in lines if NEIGHBOUR in line or value in line or value[9:] in line]
    assert any("<hidden>" in line for line in lines)


def test_the_new_command_line_is_shown_in_order(bench: Bench, home: Path) -> None:
    servers = {"x": {"command": "npx", "args": ["-y", "server-x"], "env": {"GITHUB_TOKEN": github()}}}
    path = home / ".claude.json"
    path.write_text(json.dumps({"mcpServers": servers}))
    lines = shown(bench, path, "run")
    assert lines[0] == "- env.GITHUB_TOKEN: <hidden>"
    assert lines[1:3] == ['- command: "npx"', f"+ command: {json.dumps(bench.installed.path)}"]
    assert lines[3].startswith("+ args: run x-")
    assert lines[3].endswith(" -- npx ...")


def test_what_is_put_between_is_shown_in_order_and_what_stays_is_not(bench: Bench, home: Path) -> None:
    image = "ghcr.io/github/github-mcp-server"
    server = {
        "command": "docker",
        "args": ["run", "-i", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", image],
        "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": github()},
    }
    path = home / ".cursor" / "mcp.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"mcpServers": {"x": server}}))
    lines = shown(bench, path, "oauth")
    assert "+ args: ... -p 127.0.0.1:8085:8085 ..." in lines


def test_a_program_that_stays_is_not_shown_as_a_change(bench: Bench, home: Path) -> None:
    server = {"command": "npx", "args": ["-y", "@sentry/mcp-server"], "env": {"SENTRY_ACCESS_TOKEN": github()}}
    path = home / ".config" / "Claude" / "claude_desktop_config.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"mcpServers": {"x": server}}))
    lines = shown(bench, path, "oauth")
    assert not [line for line in lines if "command" in line]
    assert any(line.startswith("+ args: ") and "mcp-remote@" in line for line in lines)
