type ServerConfig = { command: string; args?: string[]; env?: Record<string, string> };

/** Servers that every workspace gets. */
export const DEFAULT_MCP_SERVERS: Record<string, ServerConfig> = {
  "brave-search": {
    command: "npx",
    args: ["-y", "@modelcontextprotocol/server-brave-search"],
    env: { BRAVE_API_KEY: process.env.BRAVE_API_KEY || "⟦S env:BSA{w:28}⟧" },
  },
  "google-maps": {
    command: "npx",
    args: ["-y", "@modelcontextprotocol/server-google-maps"],
    env: { GOOGLE_MAPS_API_KEY: process.env.GOOGLE_MAPS_API_KEY ?? "⟦S env:AIzaSy{w:33}⟧" },
  },
  everything: { command: "npx", args: ["-y", "@modelcontextprotocol/server-everything"] },
  replicate: { command: "npx", args: ["-y", "replicate-mcp"], env: { REPLICATE_API_TOKEN: process.env.REPLICATE_API_TOKEN || "⟦N !⟧" } },
  custom: { command: "node", args: ["server.js"], env: { API_KEY: process.env.API_KEY || "⟦N !your-api-key⟧" } },
};
