"""Markdown: blocks of configuration, wherever they stand and whatever is missing of them."""

from __future__ import annotations

import pytest
from tests.scanner.documents.reading import read

GITHUB = "⟦S env:ghp_{an:30}{chk-ghp}⟧"
KEY = "⟦S env:{an:40}⟧"

ENTRY = f'"a": {{"command": "npx", "env": {{"API_KEY": "{KEY}"}}}}'
WHOLE = f'{{"mcpServers": {{{ENTRY}}}}}'
BLOCKS = {
    "fenced": f"# MCP\n\n```json\n{WHOLE}\n```\n",
    "tildes": f"MCP\n~~~json\n{WHOLE}\n~~~\n",
    "no language": f"MCP\n```\n{ENTRY}\n```\n",
    "quoted": f"MCP\n\n> ```jsonc\n> {{\n>   // ours\n>   {ENTRY}\n> }}\n> ```\n",
    "in a list": f"1. MCP:\n\n   ```json\n   {{\n   {ENTRY}\n   }}\n   ```\n",
    "indented": f"Our MCP:\n\n    {WHOLE}\n\nand on.\n",
    "fragment": f"mcp\n```json\n  {ENTRY},\n```\n",
    "dots": f'mcp\n```json\n{{\n  ...\n  "mcpServers": {{\n    {ENTRY},\n    ...\n  }}\n}}\n```\n',
    "toml": f'codex mcp\n```toml\n[mcp_servers.a]\ncommand = "npx"\n[mcp_servers.a.env]\nAPI_KEY = "{KEY}"\n```\n',
    "yaml": f"mcp\n```yaml\nmcpServers:\n  a:\n    command: npx\n    env:\n      API_KEY: {KEY}\n```\n",
    "front matter": f"---\nmcp-servers:\n  a:\n    command: npx\n    env:\n      API_KEY: {KEY}\n---\n# x\n",
    "never closed": f"MCP\n```json\n{WHOLE}\n",
    "pasted": f"Our MCP config:\n{WHOLE}\n",
    "html": "MCP <pre><code>" + WHOLE.replace('"', "&quot;") + "</code></pre>\n",
    "block in a block": f"````markdown\n# MCP\n```json\n{WHOLE}\n```\n````\n",
    "prose": f"Our MCP server uses {GITHUB}.\n",
    "inline": f"mcp: `{GITHUB}`\n",
    "table": f"| mcp | {GITHUB} |\n",
    "command": f"Type `claude mcp add a -e API_KEY={KEY} -- npx a`, it's easy\n",
    "command in a block": f"```bash\n$ claude mcp add a \\\n    -e API_KEY={KEY} -- npx a\n```\n",
    "exported beside": f"```sh\nexport API_KEY={KEY}\nnpx -y a-mcp\n```\n",
    "link": f"[MCP](vscode:mcp/install?%7B%22name%22%3A%22a%22%2C%22command%22%3A%22x%22%2C%22env%22%3A"
    f"%7B%22API_KEY%22%3A%22{KEY}%22%7D%7D)\n",
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
