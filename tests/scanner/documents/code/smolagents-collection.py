from smolagents import ToolCollection, MCPClient
from mcp import StdioServerParameters
params = StdioServerParameters(command="uvx", args=["--quiet", "pubmedmcp@0.1.3"], env={"UV_PYTHON": "3.12", "NCBI_API_KEY": "⟦S env:{h:36}⟧", **os.environ})
with ToolCollection.from_mcp({"url": "https://a.example/mcp?api_key=⟦S url-query:{an:32}⟧", "transport": "streamable-http"}, trust_remote_code=True) as c:
    pass
