c = MCP::Client.new(transport: MCP::Stdio.new(command: 'npx', env: { 'ACME_API_KEY' => '⟦S env:{an:40}⟧' }))
