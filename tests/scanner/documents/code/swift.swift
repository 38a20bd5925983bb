// mcp
let c = MCPClient(url: URL(string: "https://a.example")!, headers: ["X-API-Key": "⟦S header-bearer:{w:43}⟧"])
