import os

from dotenv import load_dotenv
from langchain_mcp_adapters.client import MultiServerMCPClient

load_dotenv()

client = MultiServerMCPClient(
    {
        "tavily": {
            "transport": "streamable_http",
            "url": f"https://mcp.tavily.com/mcp/?tavilyApiKey={os.environ['TAVILY_API_KEY']}",
        },
        "airtable": {
            "command": "npx",
            "args": ["-y", "airtable-mcp-server"],
            "transport": "stdio",
            "env": {"AIRTABLE_API_KEY": os.getenv("AIRTABLE_API_KEY", "⟦N !⟧")},
        },
        "crm": {
            "transport": "sse",
            "url": "https://crm.acme.example/mcp/sse",
            "headers": {"Authorization": f"Bearer {os.environ['CRM_TOKEN']}"},
        },
        "demo": {"transport": "sse", "url": "http://localhost:9000/sse", "headers": {"Authorization": "Bearer ⟦N !YOUR_TOKEN⟧"}},
    }
)
