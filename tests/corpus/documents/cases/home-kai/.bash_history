#1731400120
cd code/shop
#1731400133
git log --oneline -5
#1731400201
claude mcp add github -e GITHUB_PERSONAL_ACCESS_TOKEN=⟦S arg-env:ghp_{an:30}{chk-ghp}⟧ -- npx -y @modelcontextprotocol/server-github
#1731400260
claude mcp list
#1731400300
git checkout ⟦N {h:40}⟧
#1731400340
export NOTION_TOKEN=⟦S env:ntn_{d:11}{an:35}⟧
#1731400355
claude mcp add notion -e NOTION_TOKEN=$NOTION_TOKEN -- npx -y @notionhq/notion-mcp-server
#1731400400
claude mcp add --transport http sentry https://mcp.sentry.dev/mcp --header "Authorization: Bearer ⟦S arg-header:sntryu_{h:64}⟧"
#1731400420
claude mcp add x -e API_KEY=⟦N !YOUR_API_KEY⟧ -- npx x-mcp
#1731400466
docker pull mcp/github@sha256:⟦N {h:64}⟧
#1731400480
npx -y @smithery/cli@latest install exa --client claude --key ⟦S arg-flag:{uuid}⟧
#1731400500
exit
