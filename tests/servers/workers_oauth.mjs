// The OAuth provider library of Cloudflare in front of an MCP endpoint, under workerd:
// `node workers_oauth.mjs MINIFLARE PROVIDER PORT [cimd]`. The first two are the main modules of their packages.
import { readFileSync } from "node:fs";
const [miniflare, provider, port, cimd] = process.argv.slice(2);
const { Miniflare } = (await import(miniflare)).default ?? (await import(miniflare));
const origin = `http://127.0.0.1:${port}`;
const worker = `
import { OAuthProvider } from "./oauth-provider.js";
const answer = { fetch: () => new Response("sign in", { status: 200 }) };
export default new OAuthProvider({
  apiRoute: "/mcp",
  apiHandler: answer,
  defaultHandler: answer,
  authorizeEndpoint: "/authorize",
  tokenEndpoint: "/token",
  clientRegistrationEndpoint: "/register",
  scopesSupported: ["tools"],
  requiredScopes: ["tools"],
  resourceMetadata: { resource: "${origin}/mcp", authorization_servers: ["${origin}"] },
  ${cimd ? "clientIdMetadataDocumentEnabled: true," : ""}
});`;
const made = new Miniflare({
  modules: [
    { type: "ESModule", path: "worker.js", contents: worker },
    { type: "ESModule", path: "oauth-provider.js", contents: readFileSync(provider, "utf8") },
  ],
  compatibilityDate: "2026-04-01",
  compatibilityFlags: cimd ? ["global_fetch_strictly_public"] : [],
  kvNamespaces: ["OAUTH_KV"],
  host: "127.0.0.1",
  port: Number(port),
});
await made.ready;
