// mcp
new SSEClientTransport(new URL("https://a.example/sse?api_key=⟦S env:{an:40}⟧"));
