from pydantic_ai import Agent
from pydantic_ai.mcp import MCPServerSSE, MCPServerStdio, MCPServerStreamableHTTP

logfire = MCPServerStdio("uvx", ["logfire-mcp@latest", "--read-token", "⟦S arg-flag:pylf_v1_eu_{an:43}⟧"])
run_python = MCPServerStdio("deno", args=["run", "-N", "jsr:@pydantic/mcp-run-python", "stdio"])
gitlab = MCPServerStdio(
    command="npx",
    args=["-y", "@zereight/mcp-gitlab"],
    env={"GITLAB_PERSONAL_ACCESS_TOKEN": "⟦S env:glpat-{w:20}⟧", "GITLAB_API_URL": "https://gitlab.acme.example/api/v4"},
)
docs = MCPServerStreamableHTTP("https://docs.acme.example/mcp", headers={"Authorization": "⟦N !Bearer TOKEN⟧"})
feed = MCPServerSSE(url="https://feed.acme.example/sse?token=⟦S url-query:{an:32}⟧")

agent = Agent("openai:gpt-4o", toolsets=[logfire, run_python, gitlab, docs, feed])
