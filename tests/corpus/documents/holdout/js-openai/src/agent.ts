import { Agent, hostedMcpTool, MCPServerStdio, MCPServerStreamableHttp, run } from '@openai/agents';

const fs = new MCPServerStdio({ name: 'files', fullCommand: 'npx -y @modelcontextprotocol/server-filesystem ./data' });
const mail = new MCPServerStdio({
	name: 'mail',
	fullCommand: 'npx -y @sendgrid/mcp',
	env: { SENDGRID_API_KEY: '⟦S env:SG.{w:22}.{w:43}⟧', FROM: 'kai@acme.example' },
});
const crm = new MCPServerStreamableHttp({
	url: 'https://mcp.hubspot.com/anthropic',
	requestInit: { headers: { Authorization: 'Bearer ' + '⟦S header-bearer:pat-na1-{uuid}⟧' } },
});
const hosted = hostedMcpTool({
	serverLabel: 'gcal',
	serverUrl: 'https://gcal.acme.example/mcp',
	authorization: '⟦S header-bearer:ya29.a0{w:170}⟧',
});

const agent = new Agent({ name: 'Office', mcpServers: [fs, mail, crm], tools: [hosted] });
console.log((await run(agent, process.argv[2] ?? '⟦N !hello⟧')).finalOutput);
