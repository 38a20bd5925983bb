import mcp
ACCESS = "⟦S header-bearer:{w:43}⟧"
async with sse_client(URL, headers={"Authorization": f"Bearer {ACCESS}"}) as s:
    pass
