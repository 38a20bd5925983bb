from mcp import StdioServerParameters, stdio_client
from strands import Agent
from strands.tools.mcp import MCPClient

# old key, rotated: ⟦N !sk-ant-api03-xxxxx⟧
elastic = MCPClient(
    lambda: stdio_client(
        StdioServerParameters(
            command="docker",
            args=[
                "run", "-i", "--rm",
                "-e", "ES_URL=https://es.acme.example:9200",
                "-e", "ES_API_KEY=⟦S arg-env:{b:58}==⟧",
                "docker.elastic.co/mcp/elasticsearch", "stdio",
            ],
        )
    )
)
chroma = MCPClient(lambda: stdio_client(StdioServerParameters(command="uvx", args=["chroma-mcp", "--client-type", "cloud", "--tenant", "⟦N {uuid}⟧", "--database", "docs", "--api-key", "⟦S arg-flag:ck-{b58:44}⟧"])))

with elastic, chroma:
    Agent(tools=elastic.list_tools_sync() + chroma.list_tools_sync())("How many errors today?")
