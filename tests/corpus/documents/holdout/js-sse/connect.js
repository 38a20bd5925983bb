import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'

const API_KEY = '⟦S header-custom:{w:40}⟧'

const transport = new SSEClientTransport(new URL('https://stream.acme.example/sse'), {
  eventSourceInit: { fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, 'x-api-key': API_KEY } }) },
  requestInit: { headers: { 'x-api-key': API_KEY } },
})
const second = new SSEClientTransport(new URL(`https://rss.acme.example/sse?token=⟦S url-query:{an:32}⟧`))
const third = new SSEClientTransport(new URL(process.env.MCP_URL || 'http://localhost:3001/sse'))

export const client = new Client({ name: 'reader', version: '1.0.0' })
await client.connect(transport)
void second, third
