import asyncio
import json
import subprocess

from mcp import ClientSession
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamablehttp_client

TOKEN = "⟦S header-bearer:{an:40}⟧"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
RAW = """
{
  "mcpServers": {
    "webflow": {
      "command": "npx",
      "args": ["mcp-remote", "https://mcp.webflow.com/sse", "--header", "Authorization: Bearer ⟦S arg-header:{h:64}⟧"]
    }
  }
}
"""


async def http() -> None:
    async with streamablehttp_client("https://mcp.acme.example/mcp", headers=HEADERS) as (read, write, _):
        async with ClientSession(read, write) as session:
            await session.initialize()


async def sse() -> None:
    async with sse_client("https://feeds.acme.example/sse?key=⟦S url-query:{an:24}⟧") as streams:
        print(streams)


def start() -> subprocess.Popen[bytes]:
    """Starts the clickup MCP server."""
    return subprocess.Popen(["npx", "-y", "@taazkareem/clickup-mcp-server"], env={"CLICKUP_API_KEY": "⟦S env:pk_{d:8}_{Ud:32}⟧", "CLICKUP_TEAM_ID": "⟦N {d:10}⟧"})


CONFIG = json.loads(RAW)
if __name__ == "__main__":
    asyncio.run(http())
