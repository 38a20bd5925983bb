"""Markdown: blocks of configuration, wherever they stand and whatever is missing of them."""

from __future__ import annotations

import pytest
from tests.scanner.documents.reading import read

GITHUB = "⟦S env:ghp_{an:30}{chk-ghp}⟧"
KEY = "⟦S env:{an:40}⟧"

BLOCKS = {
    "fenced": f'# MCP\n\n```json\n{{"mcpServers": {{"a": {{"command": "npx", "env": {{"API_KEY": "{KEY}"}}}}}}}}\n```\n',
    "tildes": f'MCP\n~~~json\n{{"mcpServers": {{"a": {{"command": "npx", "env": {{"API_KEY": "{KEY}"}}}}}}}}\n~~~\n',
    "no language": f'MCP\n```\n"a": {{"command": "npx", "env": {{"API_KEY": "{KEY}"}}}}\n```\n',
    "quoted": f'MCP\n\n> ```jsonc\n> {{"servers": {{"a": {{\n>   "command": "npx", // x\n>   "env": {{"API_KEY": "{KEY}"}}}}}}}}\n> ```\n',
    "in a list": f'1. MCP:\n\n   ```json\n   {{"mcpServers": {{"a": {{"command": "npx",\n   "env": {{"API_KEY": "{KEY}"}}}}}}}}\n   ```\n',
    "fragment": f'mcp\n```json\n  "a": {{\n    "command": "npx",\n    "env": {{"API_KEY": "{KEY}"}}\n  }},\n```\n',
    "dots": f'mcp\n```json\n{{\n  ...\n  "mcpServers": {{\n    "a": {{"command": "npx", "env": {{"API_KEY": "{KEY}"}}}},\n    ...\n  }}\n}}\n```\n',
    "toml": f'codex mcp\n```toml\n[mcp_servers.a]\ncommand = "npx"\n[mcp_servers.a.env]\nAPI_KEY = "{KEY}"\n```\n',
    "yaml": f"mcp\n```yaml\nmcpServers:\n  a:\n    command: npx\n    env:\n      API_KEY: {KEY}\n```\n",
    "never closed": f'MCP\n```json\n{{"mcpServers": {{"a": {{"command": "npx", "env": {{"API_KEY": "{KEY}"}}}}}}}}\n',
    "prose": f"Our MCP server uses {GITHUB}.\n",
    "inline": f"mcp: `{GITHUB}`\n",
    "table": f"| mcp | {GITHUB} |\n",
}


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_finds(name: str, encoding: str) -> None:
    found = read(BLOCKS[name], encoding=encoding)
    assert found.told == found.secrets
    assert not found.examined.entries  # nobody runs what a document shows
    assert all(finding.document for finding in found.findings)


def test_tells_the_server_and_the_place() -> None:
    found = read(f'mcp\n```\nx\n```\n```json\n"a": {{"command": "npx", "env": {{"API_KEY": "{KEY}"}}}}\n```\n')
    (finding,) = found.findings
    assert finding.entry is not None
    assert finding.entry.name == "a"
    assert finding.place.pointer == "/block/1/a/env/API_KEY"
    assert (finding.slot.context.kind, finding.slot.context.name) == ("env", "API_KEY")
