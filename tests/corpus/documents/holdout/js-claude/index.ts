import { query, type McpServerConfig } from "@anthropic-ai/claude-agent-sdk";

const SERVERS = {
  sentry: { type: "http", url: "https://mcp.sentry.dev/mcp", headers: { Authorization: `Bearer ${process.env.SENTRY_TOKEN}` } },
  postman: { command: "npx", args: ["@postman/postman-mcp-server@latest"], env: { POSTMAN_API_KEY: "⟦S env:PMAK-{h:24}-{h:34}⟧" } },
  vault: { command: "vault-mcp-server", args: ["stdio"], env: { VAULT_ADDR: "https://vault.acme.example:8200", VAULT_TOKEN: `⟦S env:hvs.{w:95}⟧` } },
} satisfies Record<string, McpServerConfig>;

for await (const m of query({ prompt: "what broke?", options: { mcpServers: SERVERS, allowedTools: ["mcp__sentry__*"] } })) {
  if (m.type === "result") console.log(m.session_id === "⟦N !00000000-0000-0000-0000-000000000000⟧");
}
