import mcp
env = {"ACME_API_KEY": "⟦S env:{an:40}⟧"}
p = StdioServerParameters(command="npx", args=[], env=env)
