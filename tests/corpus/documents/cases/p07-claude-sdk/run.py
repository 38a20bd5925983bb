import anyio
from claude_agent_sdk import ClaudeAgentOptions, query

options = ClaudeAgentOptions(
    mcp_servers={
        "postgres": {
            "command": "npx",
            "args": ["-y", "@modelcontextprotocol/server-postgres", "postgresql://app:⟦S arg-conn:{pwq}⟧@10.20.1.7:5432/app"],
        },
        "slack": {
            "type": "stdio",
            "command": "npx",
            "args": ["-y", "@modelcontextprotocol/server-slack"],
            "env": {"SLACK_BOT_TOKEN": "⟦S env:xoxb-{d:12}-{d:13}-{an:24}⟧", "SLACK_TEAM_ID": "⟦N T{Ud:10}⟧"},
        },
        "search": {"type": "http", "url": "https://mcp.acme.example/search", "headers": {"api-key": "⟦S header-custom:{h:64}⟧"}},
    },
    allowed_tools=["mcp__slack__slack_post_message"],
    env={"ANTHROPIC_API_KEY": "⟦S env:sk-ant-api03-{w:93}AA⟧"},
)


async def main():
    async for message in query(prompt="Summarise #general", options=options):
        print(message)


anyio.run(main)
