// The demo provider of the MCP TypeScript SDK with an MCP endpoint behind it: `node typescript_sdk.mjs SDK MCP-PORT AS-PORT`.
// SDK: the folder dist/esm of the package.
import { createRequire } from "node:module";
const [sdk, mcpPort, authPort] = process.argv.slice(2);
const express = createRequire(`${sdk}/server/index.js`)("express");
const { DemoInMemoryAuthProvider } = await import(`${sdk}/examples/server/demoInMemoryOAuthProvider.js`);
const { mcpAuthRouter, mcpAuthMetadataRouter, createOAuthMetadata, getOAuthProtectedResourceMetadataUrl } = await import(
  `${sdk}/server/auth/router.js`
);
const { requireBearerAuth } = await import(`${sdk}/server/auth/middleware/bearerAuth.js`);
const { McpServer } = await import(`${sdk}/server/mcp.js`);
const { StreamableHTTPServerTransport } = await import(`${sdk}/server/streamableHttp.js`);
async function serve(request, response) {
  const server = new McpServer({ name: "demo", version: "1" });
  server.tool("say_hello", async () => ({ content: [{ type: "text", text: "hello" }] }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on("close", () => transport.close());
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
}
const mcpUrl = new URL(`http://127.0.0.1:${mcpPort}/mcp`);
const issuerUrl = new URL(`http://127.0.0.1:${authPort}`);
const provider = new DemoInMemoryAuthProvider();
const scopesSupported = ["mcp:tools"];
const auth = express();
auth.use(mcpAuthRouter({ provider, issuerUrl, scopesSupported }));
auth.listen(Number(authPort), "127.0.0.1", () => {
  const app = express();
  const oauthMetadata = createOAuthMetadata({ provider, issuerUrl, scopesSupported });
  app.use(mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: mcpUrl, scopesSupported }));
  const verifier = { verifyAccessToken: (token) => provider.verifyAccessToken(token) };
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(mcpUrl);
  app.post("/mcp", express.json(), requireBearerAuth({ verifier, requiredScopes: [], resourceMetadataUrl }), serve);
  app.listen(Number(mcpPort), "127.0.0.1");
});
