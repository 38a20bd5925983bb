from google.adk.agents import LlmAgent
from google.adk.tools.mcp_tool.mcp_toolset import MCPToolset, SseConnectionParams, StdioConnectionParams, StdioServerParameters

MAPS_KEY = "⟦S env:AIzaSy{w:33}⟧"
TWILIO = {"sid": "⟦N AC{h:32}⟧", "number": "+15005550006"}

root_agent = LlmAgent(
    model="gemini-2.5-flash",
    name="trip",
    tools=[
        MCPToolset(
            connection_params=StdioConnectionParams(
                server_params=StdioServerParameters(
                    command="npx",
                    args=["-y", "@modelcontextprotocol/server-google-maps"],
                    env={"GOOGLE_MAPS_API_KEY": MAPS_KEY},
                ),
                timeout=15,
            ),
            tool_filter=["maps_directions"],
        ),
        MCPToolset(connection_params=SseConnectionParams(url="https://hotels.acme.example/sse", headers={"x-rapidapi-key": "⟦S header-custom:{ld:10}msh{ld:15}p1{ld:6}jsn{ld:12}⟧"})),
    ],
)
