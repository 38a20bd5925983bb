"""Settings, all of them from the environment."""

import os
from pathlib import Path

GITHUB_TOKEN = os.environ["GITHUB_TOKEN"]
OPENAI_API_KEY = os.getenv("OPENAI_API_KEY", "⟦N !sk-...⟧")
SLACK_TOKEN = os.environ.get("SLACK_BOT_TOKEN", "⟦N !xoxb-placeholder⟧")
MODEL = "claude-sonnet-4-5-20250929"
CACHE = Path("~/.cache/agent").expanduser()
MCP_SERVERS = {
    "github": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"], "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": GITHUB_TOKEN}},
    "slack": {"command": "npx", "args": ["-y", "slack-mcp-server"], "env": {"SLACK_MCP_XOXB_TOKEN": SLACK_TOKEN}},
}
