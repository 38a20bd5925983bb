import { MCPClient } from "@mastra/mcp";

export const mcp = new MCPClient({
  id: "studio",
  servers: {
    textEditor: { command: "pnpx", args: [`@acme/text-editor@latest`, `/home/user/notes`] },
    perplexity: {
      command: "npx",
      args: ["-y", "server-perplexity-ask"],
      env: { PERPLEXITY_API_KEY: '⟦S env:pplx-{an:48}⟧' },
    },
    composio: {
      url: new URL("https://mcp.composio.dev/gmail/⟦S url-path:{h:24}⟧-mcp"),
    },
    crm: {
      url: new URL("https://crm.acme.example/mcp"),
      requestInit: { headers: { "x-api-key": '⟦S header-custom:{an:40}⟧' } },
      eventSourceInit: {
        fetch(input: RequestInfo | URL, init?: RequestInit) {
          return fetch(input, { ...init, headers: { ...init?.headers, "x-api-key": process.env.CRM_KEY! } });
        },
      },
    },
  },
});
