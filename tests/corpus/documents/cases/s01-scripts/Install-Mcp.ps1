<#
.SYNOPSIS
  Adds our MCP servers to VS Code and Claude.
#>
param([string]$Scope = "user")

$env:AZURE_DEVOPS_EXT_PAT = "⟦S env:{an:76}AZDO{an:4}⟧"
[Environment]::SetEnvironmentVariable("POSTMAN_API_KEY", "⟦S env:PMAK-{h:24}-{h:34}⟧", "User")

claude mcp add ado --scope $Scope -e AZURE_DEVOPS_EXT_PAT=$env:AZURE_DEVOPS_EXT_PAT -- npx -y "@azure-devops/mcp" contoso
claude mcp add postman --scope $Scope -e POSTMAN_API_KEY=$env:POSTMAN_API_KEY -- npx -y "@postman/postman-mcp-server"
claude mcp add --transport http hub https://mcp.hub.example/mcp --header "x-api-key: ⟦S arg-header:{an:32}⟧"

$config = @'
{ "servers": { "stripe": { "type": "http", "url": "https://mcp.stripe.com", "headers": { "Authorization": "Bearer ⟦S header-bearer:rk_live_51{an:97}⟧" } } } }
'@
Set-Content -Path ".vscode/mcp.json" -Value $config
$token = Read-Host -AsSecureString "Token"
$placeholder = "⟦N !<YOUR_TOKEN>⟧"
