import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const STORAGE_KEY = "acme.mcp.token";
const QUERY_KEY = ["mcp", "servers"] as const;
const CSRF_HEADER = "x-csrf-token";
export const TOKENS = { primary: "#1a2b3c", radius: "0.5rem", shadow: "⟦N !0 1px 2px⟧" };
export const recaptchaSiteKey = "⟦N 6L{w:38}⟧";
export const sentryDsn = "https://⟦N {h:32}⟧@o⟦N {d:6}⟧.ingest.us.sentry.io/⟦N {d:16}⟧";
export const clerk = "⟦N pk_live_{b:48}⟧";
export const commit = "⟦N {h:40}⟧";

export function connect(token: string, { apiKey = "⟦N !⟧", password = "⟦N !⟧" } = {}) {
  const key = localStorage.getItem(STORAGE_KEY) ?? token;
  return new StreamableHTTPClientTransport(new URL(`https://mcp.acme.example/mcp?session=${crypto.randomUUID()}`), {
    requestInit: { headers: { Authorization: `Bearer ${key}`, "X-Api-Key": apiKey, "X-Password": password } },
  });
}

export const Row = ({ item }: { item: { id: string } }) => <li key={item.id} data-token={`row-${item.id}`} />;
