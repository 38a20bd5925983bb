import { experimental_createMCPClient as createMCPClient } from 'ai';
import { Experimental_StdioMCPTransport } from 'ai/mcp-stdio';
const sse = await createMCPClient({ transport: { type: 'sse', url: 'https://a.example/sse', headers: { Authorization: 'Bearer ⟦S header-bearer:{an:40}⟧' } } });
const io = await createMCPClient({ transport: new Experimental_StdioMCPTransport({ command: 'node', args: ['a.js'], env: { ACME_API_KEY: '⟦S env:{an:40}⟧' } }) });
export default function Page({ items }: { items: string[] }) {
  return <ul className="a">{items.map((item) => <li key={item}>It's {item} / {items.length}</li>)}</ul>;
}
const after = { token: /* not a secret */ items[0] };
