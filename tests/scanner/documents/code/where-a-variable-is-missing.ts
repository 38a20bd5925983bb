// mcp
new StdioClientTransport({ env: { ACME_API_KEY: process.env.ACME_API_KEY ?? '⟦S env:{an:40}⟧' } });
