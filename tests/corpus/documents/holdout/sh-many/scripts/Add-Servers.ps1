⟦F utf-16le crlf⟧
#Requires -Version 7
$servers = @{
    mcpServers = @{
        notion = @{ command = "npx"; args = @("-y", "@notionhq/notion-mcp-server"); env = @{ NOTION_TOKEN = "⟦S env:ntn_{d:11}{an:35}⟧" } }
        teams  = @{ command = "npx"; args = @("-y", "teams-mcp"); env = @{ TENANT_ID = "⟦N {uuid}⟧"; CLIENT_SECRET = $env:TEAMS_SECRET } }
    }
}
$servers | ConvertTo-Json -Depth 8 | Set-Content "$env:APPDATA\Claude\claude_desktop_config.json"
gemini mcp add asana npx -y asana-mcp -e ASANA_TOKEN='⟦N !<token>⟧'
