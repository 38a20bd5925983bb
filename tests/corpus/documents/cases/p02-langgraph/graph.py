from langchain_mcp_adapters.client import MultiServerMCPClient
from langgraph.prebuilt import create_react_agent

client = MultiServerMCPClient(
    {
        "math": {"command": "python", "args": ["/srv/math_server.py"], "transport": "stdio"},
        "tavily": {
            "transport": "streamable_http",
            "url": "https://mcp.tavily.com/mcp/?tavilyApiKey=⟦S url-query:tvly-dev-{an:32}⟧",
        },
        "airtable": {
            "command": "npx",
            "args": ["-y", "airtable-mcp-server"],
            "transport": "stdio",
            "env": {"AIRTABLE_API_KEY": "⟦S env:pat{an:14}.{h:64}⟧"},
        },
        "crm": {
            "transport": "sse",
            "url": "https://crm.acme.example/mcp/sse",
            "headers": {"Authorization": "Bearer ⟦S header-bearer:{w:43}⟧", "X-Tenant": "⟦N {uuid}⟧"},
        },
        "docs": {"transport": "streamable_http", "url": "http://localhost:8765/mcp"},
    }
)


async def build():
    tools = await client.get_tools()
    return create_react_agent("anthropic:claude-sonnet-4-5", tools)
