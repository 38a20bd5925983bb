tool = HostedMCPTool(tool_config={"type": "mcp", "server_url": "https://a.example/", "authorization": "⟦S header-bearer:{w:43}⟧"})
