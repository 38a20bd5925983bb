const a = <p>Don't use MCP's `x</p>;
new StdioClientTransport({ env: { ACME_API_KEY: '⟦S env:{an:40}⟧' } });
