import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
describe('auth', () => {
  it('sends the header', async () => {
    const t = new StreamableHTTPClientTransport(new URL('http://localhost:3000/mcp'), { requestInit: { headers: { Authorization: 'Bearer test-token' } } });
    const u = new StdioClientTransport({ command: 'node', env: { API_KEY: 'sk-test-aaaaaaaaaaaaaaaaaaaa', TOKEN: 'abc123', SECRET: 'dummy-secret-value' } });
    expect(t.headers).toEqual({ authorization: `Bearer ${token}`, 'x-api-key': 'fake-api-key-000000000000' });
    fetchMock.mockResolvedValue({ access_token: 'access_token_12345', refresh_token: 'new-refresh-token' });
  });
});
