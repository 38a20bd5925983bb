import { MCPClient } from "@mastra/mcp";
export const mcp = new MCPClient({
  id: "weather",
  servers: {
    weather: { url: new URL("https://a.example/mcp"), requestInit: { headers: { Authorization: `Bearer ⟦S header-bearer:{an:40}⟧` } } },
    local: { command: "npx", args: ["tsx", "server.ts"], env: { ACME_API_KEY: '⟦S env:{an:40}⟧' } },
    other: { command: "npx", args: [], env: { ACME_API_KEY: process.env.ACME_API_KEY! } },
  },
  timeout: 60_000,
});
