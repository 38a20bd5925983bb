import mcp
def f(:
  x = "
p = StdioServerParameters(command="npx", env={"ACME_API_KEY": "⟦S env:{an:40}⟧"
