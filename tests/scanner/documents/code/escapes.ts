// mcp
const t = new StdioClientTransport({ command: "npx", env: { "ACME_PASSWORD": "⟦S env:a\u0062\x63-{an:24}\"q⟧" } });
