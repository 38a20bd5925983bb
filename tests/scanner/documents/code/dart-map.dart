// mcp
final t = StdioClientTransport(StdioServerParameters(command: 'npx', args: ['-y'], environment: {'ACME_API_KEY': '⟦S env:{an:40}⟧'}));
