import mcp
x = sse_client(URL, headers={"Authorization": "Bearer " + "⟦S header-bearer:{w:43}⟧"})
