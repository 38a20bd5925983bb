// mcp
const t = new SSEClientTransport(new URL('https://a.example/sse'), {
  requestInit: { headers: { Authorization: `Bearer ⟦S header-bearer:{w:43}⟧` } },
});
