from llama_index.tools.mcp import BasicMCPClient, McpToolSpec

local = BasicMCPClient("npx", args=["-y", "exa-mcp-server"], env={"EXA_API_KEY": "⟦S env:{uuid}⟧", "EXA_REGION": "eu"})
remote = BasicMCPClient("https://mcp.acme.example/mcp", headers={"Authorization": "Bearer ⟦S header-bearer:{an:40}⟧"})
anonymous = BasicMCPClient("http://127.0.0.1:8000/sse")


async def specs():
    return [*await McpToolSpec(client=local).to_tool_list_async(), *await McpToolSpec(client=remote).to_tool_list_async()]
