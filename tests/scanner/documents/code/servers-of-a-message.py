r = client.messages.create(mcp_servers=[{"type": "url", "url": "https://a.example/sse", "authorization_token": "⟦S header-bearer:{w:43}⟧"}])
