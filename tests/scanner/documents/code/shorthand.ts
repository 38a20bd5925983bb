// mcp
const env: Record<string, string> = { ACME_API_KEY: '⟦S env:{an:40}⟧' };
const t = new StdioClientTransport({ command, args, env });
