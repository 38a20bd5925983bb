import 'mcp'; const q = /["'`/]/g, r = a / b;
new StdioClientTransport({ env: { ACME_API_KEY: '⟦S env:{an:40}⟧' } });
