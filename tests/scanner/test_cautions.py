"""A reference is called dead only where it is known that the host does not expand it in that very slot of that file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import run_scan
from unsprawl.scanner.surroundings import Surroundings


def warned(home: Path, name: str, entry: dict[str, object], key: str = "mcpServers") -> list[tuple[str, ...]]:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({key: {"x": entry}}))
    path.chmod(0o600)
    result = run_scan(ScanOptions((str(path),)), Surroundings(str(home), str(home), {}, "linux"))
    assert len(result.entries) == 1
    return [caution.hosts for caution in result.warnings if caution.code == "dead-reference"]


ENV, ARG = {"command": "x", "env": {"API_KEY": "%s"}}, {"command": "x", "args": ["--key", "%s"]}
HEADER = {"url": "https://mcp.example.net/mcp", "headers": {"Authorization": "Bearer %s"}}
OTHER = {"command": "x", "cwd": "%s"}


@pytest.mark.parametrize(
    ("name", "entry", "reference", "hosts"),
    [
        (".lmstudio/mcp.json", ENV, "${API_KEY}", []),  # nobody knows
        (".rovodev/mcp.json", HEADER, "${env:API_KEY}", []),
        (".augment/settings.json", ARG, "$API_KEY", []),
        (".void-editor/mcp.json", ENV, "${API_KEY}", [("void",)]),  # known to expand nothing
        (".grok/user-settings.json", HEADER, "${API_KEY}", [("grok-cli",)]),
        (".factory/mcp.json", ENV, "${API_KEY}", []),
        (".factory/mcp.json", HEADER, "${API_KEY:-}", []),
        (".factory/mcp.json", ARG, "${API_KEY}", [("droid",)]),  # environment and headers only
        (".factory/mcp.json", OTHER, "${API_KEY}", []),  # nobody tried
        (".factory/mcp.json", ENV, "$API_KEY", [("droid",)]),
        (".qoder/settings.json", ARG, "$API_KEY", []),
        (".qwen/settings.json", ENV, "${API_KEY:-x}", [("qwen-code",)]),
        (".codeium/windsurf/mcp_config.json", ENV, "${env:API_KEY}", []),
        (".codeium/windsurf/mcp_config.json", ENV, "${file:~/.key}", []),
        (".codeium/windsurf/mcp_config.json", ENV, "${API_KEY}", [("windsurf",)]),
        # One file of two hosts, one of which sends it as it stands.
        (".cline/data/settings/cline_mcp_settings.json", ENV, "${env:API_KEY}", [("cline-cli",)]),
        (".kiro/settings/mcp.json", ENV, "${env:API_KEY}", [("kiro-ide",)]),
        (".mcphost.json", ENV, "${env://API_KEY}", []),
        (".mcphost.json", ENV, "${API_KEY}", [("mcphost",)]),
        (".cursor/mcp.json", ENV, "${env://API_KEY}", [("cursor",)]),
        (".cursor/mcp.json", ENV, "${{ secrets.API_KEY }}", [("cursor",)]),
        (".continue/mcpServers/x.json", ENV, "${API_KEY}", []),
        (".continue/mcpServers/x.json", HEADER, "${API_KEY}", [("continue",)]),  # in JSON only the environment
        # Paths are for the host, and no secret.
        (".void-editor/mcp.json", OTHER, "${workspaceFolder}/server", []),
        (".void-editor/mcp.json", {"command": "x", "envFile": "%s"}, "${workspaceFolder}/.env", []),
        (".void-editor/mcp.json", {"command": "x", "envFile": ["%s"]}, "${userHome}/.env", []),
        (".void-editor/mcp.json", {"command": "x", "env": {"cwd": "a", "API_KEY": "%s"}}, "${API_KEY}", [("void",)]),
        # A host that merely reads another's file does not count.
        ("app/.mcp.json", ENV, "${API_KEY:-x}", []),
        ("app/.mcp.json", ENV, "op://vault/item/field", []),
    ],
)  # fmt: skip
def test_dead_references(
    home: Path, name: str, entry: dict[str, object], reference: str, hosts: list[tuple[str, ...]]
) -> None:
    assert warned(home, name, json.loads(json.dumps(entry).replace("%s", reference))) == hosts


def test_an_entry_that_no_host_reads_sends_nothing(home: Path) -> None:
    entry: dict[str, object] = {"command": "x", "env": {"API_KEY": "${API_KEY}"}}
    assert warned(home, ".cursor/mcp.json", entry, key="servers") == []
