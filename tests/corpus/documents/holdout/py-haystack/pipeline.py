from haystack.utils import Secret
from haystack_integrations.tools.mcp import MCPTool, SSEServerInfo, StdioServerInfo, StreamableHttpServerInfo

time = MCPTool(name="get_current_time", server_info=StdioServerInfo(command="uvx", args=["mcp-server-time"]))
jina = MCPTool(name="read", server_info=StreamableHttpServerInfo(url="https://mcp.jina.ai/v1", token="⟦S header-bearer:jina_{h:32}{w:28}⟧"))
env = MCPTool(name="read", server_info=SSEServerInfo(url="https://mcp.acme.example/sse", token=Secret.from_env_var("ACME_TOKEN")))
named = Secret.from_token("⟦N !<your-token>⟧")
