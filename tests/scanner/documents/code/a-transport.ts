// mcp
const t = new StdioClientTransport({ command: "npx", args: [], env: { ...process.env, ACME_API_KEY: "⟦S env:{an:40}⟧" } });
