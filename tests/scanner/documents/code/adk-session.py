import os
from google.adk.tools.mcp_tool import McpToolset, StreamableHTTPConnectionParams
API_TOKEN = os.environ.get("API_TOKEN", "⟦S env:{an:40}⟧")
toolset = McpToolset(
    connection_params=StreamableHTTPConnectionParams(
        url="https://a.example/mcp/",
        headers={"Authorization": "Bearer " + API_TOKEN, "X-Goog-Api-Key": r'⟦S header-custom:{w:39}⟧'},
    ),
    tool_filter=["read"],
)
