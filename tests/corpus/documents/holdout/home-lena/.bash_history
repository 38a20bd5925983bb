cd ~/src/agents
claude mcp add --scope user gitea -e GITEA_HOST=https://git.acme.example -e GITEA_ACCESS_TOKEN=⟦S arg-env:{h:40}⟧ -- docker run -i --rm -e GITEA_HOST -e GITEA_ACCESS_TOKEN docker.gitea.com/gitea-mcp-server
vim .mcp.json
docker mcp secret set 'brave.api_key=⟦S arg-eq:BSA{w:28}⟧'
make test
npx -y @modelcontextprotocol/inspector npx -y mcp-server-axiom --token ⟦S arg-flag:xaat-{uuid}⟧
git reset --hard ⟦N {h:40}⟧
OPENWEATHER_API_KEY=⟦N !$(cat ~/.owm)⟧ uvx mcp-weather
ssh ops-3 'uptime'
history | grep mcp
