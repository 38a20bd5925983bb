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
  app.post("/mcp", requireBearerAuth({ verifier, requiredScopes: [], resourceMetadataUrl }), (_, res) => res.status(501).end());
  app.listen(Number(mcpPort), "127.0.0.1");
});
