const { spawn } = require('child_process');
// starts an MCP server
const child = spawn('npx', ['-y', 'acme-mcp', '--api-key', '⟦S arg-flag:{an:40}⟧'], { env: { ...process.env, ACME_API_KEY: '⟦S env:{an:36}⟧' } });
