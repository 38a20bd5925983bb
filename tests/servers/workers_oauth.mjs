// The OAuth provider library of Cloudflare in front of an MCP endpoint, under workerd:
// `node workers_oauth.mjs MINIFLARE PROVIDER PORT [cimd] [front]`. The first two are the main modules of their packages.
import { readFileSync } from "node:fs";
const [miniflare, provider, port, ...wanted] = process.argv.slice(2);
const cimd = wanted.includes("cimd");
const front = wanted.includes("front"); // it sends everybody on to another provider at once
const { Miniflare } = (await import(miniflare)).default ?? (await import(miniflare));
const origin = `http://127.0.0.1:${port}`;
const worker = `
import { OAuthProvider } from "./oauth-provider.js";
const page = '<form method="post"><button name="answer" value="allow">Allow</button></form>';
// As its documentation shows it: the library judges the request, and the worker has the page. Whoever presses the button is signed in.
const signIn = { async fetch(request, env) {
  if (new URL(request.url).pathname !== "/authorize") return new Response("sign in", { status: 200 });
  let asked;
  try {
    asked = await env.OAUTH_PROVIDER.parseAuthRequest(new Request(request.url));
  } catch (error) {
    return new Response("refused", { status: 400 });
  }
  const client = await env.OAUTH_PROVIDER.lookupClient(asked.clientId);
  if (!client) return new Response("unknown client", { status: 400 });
  ${front ? `return Response.redirect("https://login.example.com/authorize?response_type=code&client_id=front", 302);` : ""}
  if (request.method !== "POST") return new Response(client.clientName + page, { headers: { "content-type": "text/html" } });
  const about = { request: asked, userId: "somebody", metadata: {}, scope: asked.scope, props: {} };
  const { redirectTo } = await env.OAUTH_PROVIDER.completeAuthorization(about);
  return Response.redirect(redirectTo, 302);
} };
const results = {
  initialize: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "workers", version: "1" } },
  "tools/list": { tools: [{ name: "say_hello", inputSchema: { type: "object" } }] },
};
const answer = { async fetch(request) {
  if (request.method !== "POST") return new Response(null, { status: 405 });
  const { id, method } = await request.json();
  if (id === undefined) return new Response(null, { status: 202 });
  const error = { code: -32601, message: "no such method" };
  return Response.json({ jsonrpc: "2.0", id, ...(results[method] ? { result: results[method] } : { error }) });
} };
export default new OAuthProvider({
  apiRoute: "/mcp",
  apiHandler: answer,
  defaultHandler: signIn,
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
