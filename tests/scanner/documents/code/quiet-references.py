import mcp
p = StdioServerParameters(command="npx", env={"ACME_API_KEY": os.environ["ACME_API_KEY"]})
