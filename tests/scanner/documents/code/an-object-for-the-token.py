import fastmcp
c = Client("https://a.example/mcp", auth=BearerAuth(token="⟦S header-bearer:{w:43}⟧"))
