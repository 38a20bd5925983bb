import mcp
p = StdioServerParameters(command="npx", env={"ACME_API_KEY": "your-api-key"})
