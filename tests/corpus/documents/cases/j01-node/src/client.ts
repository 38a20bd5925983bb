import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const stdio = new StdioClientTransport({
  command: "npx",
  args: ["-y", "figma-developer-mcp", "--stdio"],
  env: {
    ...process.env,
    FIGMA_API_KEY: "⟦S env:figd_{w:40}⟧",
  } as Record<string, string>,
});

const http = new StreamableHTTPClientTransport(new URL("https://mcp.acme.example/mcp"), {
  requestInit: {
    headers: {
      Authorization: `Bearer ⟦S header-bearer:{an:40}⟧`,
      "X-Client-Id": "⟦N {uuid}⟧",
    },
  },
});

export const client = new Client({ name: "probe", version: "0.1.0" }, { capabilities: {} });
await client.connect(process.argv.includes("--http") ? http : stdio);
