from agents.mcp import MCPServerStdio, MCPServerStreamableHttp
async with MCPServerStdio(
    name="files",
    params={
        "command": "npx",
        "args": ["-y", "acme-mcp", "--token=⟦S arg-eq:{an:40}⟧"],
        "env": {"ACME_API_KEY": """⟦S env:{an:40}⟧"""},
    },
) as a, MCPServerStreamableHttp(params={"url": "https://a.example/mcp", "headers": {"Authorization": "Bearer ⟦S header-bearer:{an:44}⟧"}, "timeout": 10}) as b:
    print(f"using {a.name!r}: {b}")
