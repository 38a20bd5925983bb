"""Configuration of the bot. Override in config_local.py."""
from dataclasses import dataclass, field


@dataclass
class McpServer:
    name: str
    command: str
    args: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)


SERVERS = [
    McpServer("discord", "uvx", ["mcp-discord"], {"DISCORD_TOKEN": "⟦S env:MTA{w:23}.{w:6}.{w:38}⟧"}),
    McpServer("telegram", "npx", ["-y", "telegram-mcp"], env={"TELEGRAM_BOT_TOKEN": "⟦S env:{d:10}:AA{w:33}⟧", "TELEGRAM_CHAT": "-100⟦N {d:10}⟧"}),
    McpServer("fs", "npx", ["-y", "@modelcontextprotocol/server-filesystem", "/srv/files"]),
]

TOKEN_LIMIT = 200_000
AUTH_HEADER = "X-Auth-Token"
PASSWORD_MIN_LENGTH = 12
SECRET_NAME = "projects/acme/secrets/discord/versions/latest"
