import mcp
p = StdioServerParameters(command="npx", env={"ACME_API_KEY": "⟦N test-token-1234567890⟧"})
