import mcp
p = StdioServerParameters(command="npx", args=["-y", "x", "--api-key", "⟦S env:{an:40}⟧"])
