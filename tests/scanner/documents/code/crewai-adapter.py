from crewai_tools import MCPServerAdapter
params = {"url": "https://tools.acme.example/sse", "headers": {"Authorization": "Bearer ⟦S header-bearer:{w:43}⟧"}}
with MCPServerAdapter(params) as tools:
    pass
