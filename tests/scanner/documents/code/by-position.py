import mcp
p = mcp.StdioServerParameters('npx', ['-y', 'x'], {'ACME_API_KEY': '⟦S env:{an:40}⟧'})
