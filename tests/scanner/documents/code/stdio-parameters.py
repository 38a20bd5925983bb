from mcp import *
p = StdioServerParameters(command="npx", env={"ACME_API_KEY": "⟦S env:{an:40}⟧"})
