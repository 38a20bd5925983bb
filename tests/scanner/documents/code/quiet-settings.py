import mcp
p = StdioServerParameters(command="npx", args=["-y", "@acme/x@1.2.3"], env={"LOG": "debug"})
