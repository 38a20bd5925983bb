import { MultiServerMCPClient } from "@langchain/mcp-adapters";

const client = new MultiServerMCPClient({
  throwOnLoadError: true,
  mcpServers: {
    math: { transport: "stdio", command: "npx", args: ["-y", "@modelcontextprotocol/server-math"], restart: { enabled: true, maxAttempts: 3, delayMs: 1000 } },
    weather: {
      transport: "sse",
      url: "https://weather.acme.example/mcp",
      headers: { Authorization: "Bearer ⟦S header-bearer:{w:43}⟧" },
      reconnect: { enabled: true, maxAttempts: 5, delayMs: 2000 },
    },
    openrouter: { command: "node", args: ["./or.js", "--key", "⟦S arg-flag:sk-or-v1-{h:64}⟧"] },
    auth: { transport: "http", url: "https://mcp.acme.example/a?api_key=⟦S url-query:{an:32}⟧&v=2" },
  },
});

export const tools = await client.getTools();
