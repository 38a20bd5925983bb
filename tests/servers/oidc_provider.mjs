// An authorization server of oidc-provider: `node oidc_provider.mjs MODULE PORT PATH FEATURES [CALLBACK]`.
// FEATURES: any of dcr, cimd, resource, login, divided by commas. PATH: that of the issuer, or "".
// login: anybody can sign in; tokens can be revoked, registered clients deleted; the client `rs` may ask about tokens.
// CALLBACK: the redirect address of the client `front`. CLIENT_DOCUMENT: the client metadata document that is found at
// every https address, since none can be fetched here.
const [module, port, path, wanted, callback] = process.argv.slice(2);
const { Provider, default: Fallback } = await import(module);
const features = new Set(wanted.split(","));
const issuer = `http://127.0.0.1:${port}${path}`;
const getResourceServerInfo = (_, resource) => ({ scope: "tools", audience: resource, accessTokenFormat: "opaque" });
const made = new (Provider ?? Fallback)(issuer, {
  clients: [
    ...(features.has("login") ? [{ client_id: "rs", client_secret: "of-nobody", redirect_uris: [], grant_types: [], response_types: [] }] : []),
    ...(callback ? [{ client_id: "front", client_secret: "no-secret-of-anybody", redirect_uris: [callback], scope: "openid offline_access tools" }] : []),
  ],
  ...(process.env.CLIENT_DOCUMENT ? { fetch: async () => Response.json(JSON.parse(process.env.CLIENT_DOCUMENT)) } : {}),
  features: {
    devInteractions: { enabled: features.has("login") },
    introspection: { enabled: features.has("login") },
    revocation: { enabled: features.has("login") },
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
