t = McpToolset(connection_params=StdioConnectionParams(server_params=StdioServerParameters(command='npx',
    args=['-y', 'x'], env={'ACME_API_KEY': '⟦S env:{an:40}⟧'}), timeout=5))
