import mcp
p = StdioServerParameters(command="npx", env={**os.environ, "ACME_API_KEY": "⟦S env:{an:40}⟧"})
