require "mcp_client"

client = MCPClient.create_client(
  mcp_server_configs: [
    MCPClient.stdio_config(command: %w[npx -y @modelcontextprotocol/server-gitlab], env: { "GITLAB_PERSONAL_ACCESS_TOKEN" => "⟦S env:glpat-{w:20}⟧" }),
    MCPClient.http_config(base_url: "https://mcp.acme.example", headers: { "Authorization" => "Bearer #{ENV.fetch('ACME_TOKEN')}" })
  ]
)

SECRET_KEY_BASE = ENV.fetch("SECRET_KEY_BASE") { "⟦N !development-only⟧" }
puts client.list_tools.map(&:name)
