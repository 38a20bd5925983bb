URL = "https://mcp.acme.example/mcp?api_key=⟦S env:{an:40}⟧"
