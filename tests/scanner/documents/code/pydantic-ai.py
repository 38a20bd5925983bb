from pydantic_ai.mcp import MCPServerStdio, MCPServerStreamableHTTP
server = MCPServerStdio('deno', args=['run', '-N', 'jsr:@pydantic/mcp-run-python', 'stdio'], env={'LOGFIRE_API_KEY': '⟦S env:{an:43}⟧'})
remote = MCPServerStreamableHTTP('https://a.example/mcp', headers={'X-Api-Key': '⟦S header-custom:{w:38}⟧'})
