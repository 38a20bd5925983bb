from fastmcp import Client
from fastmcp.client.auth import BearerAuth
from fastmcp.client.transports import StreamableHttpTransport

config = {
    "mcpServers": {
        "weather": {"url": "https://weather.acme.example/mcp", "auth": "⟦S other:{an:32}⟧"},
        "assistant": {"command": "python", "args": ["./assistant.py"], "env": {"LOG_LEVEL": "INFO", "GROQ_API_KEY": "⟦S env:gsk_{an:20}WGdyb3FY{an:24}⟧"}},
    }
}

transport = StreamableHttpTransport(
    url="https://api.acme.example/mcp",
    headers={"X-API-Key": "⟦S header-custom:{w:38}⟧"},
)
plain = Client("https://open.acme.example/mcp")
many = Client(config)
one = Client(transport)
bearer = Client("https://fastmcp.cloud/mcp", auth=BearerAuth(token="⟦S header-bearer:{jwt}⟧"))
reference = Client("https://fastmcp.cloud/mcp", auth=BearerAuth(token="⟦N !<your-token>⟧"))
