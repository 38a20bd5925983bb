// An authorization server of oidc-provider: `node oidc_provider.mjs MODULE PORT PATH FEATURES`.
// FEATURES: any of dcr, cimd, resource, divided by commas. PATH: that of the issuer, or "".
const [module, port, path, wanted] = process.argv.slice(2);
const { Provider, default: Fallback } = await import(module);
const features = new Set(wanted.split(","));
const issuer = `http://127.0.0.1:${port}${path}`;
const getResourceServerInfo = (_, resource) => ({ scope: "tools", audience: resource, accessTokenFormat: "opaque" });
const made = new (Provider ?? Fallback)(issuer, {
  clients: [],
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: features.has("dcr") },
    registrationManagement: { enabled: features.has("dcr") },
    ...(features.has("cimd") ? { clientIdMetadataDocument: { enabled: true, ack: "draft-02" } } : {}),
    ...(features.has("resource") ? { resourceIndicators: { enabled: true, getResourceServerInfo } } : {}),
  },
  clientAuthMethods: ["none", "client_secret_basic"],
  scopes: ["openid", "offline_access", "tools"],
});
const http = await import("node:http");
const serve = made.callback();
http
  .createServer((request, response) => {
    if (path && request.url.startsWith(path)) request.url = request.url.slice(path.length) || "/";
    else if (path) return response.writeHead(404).end();
    request.originalUrl = path + request.url;
    return serve(request, response);
  })
  .listen(Number(port), "127.0.0.1");
