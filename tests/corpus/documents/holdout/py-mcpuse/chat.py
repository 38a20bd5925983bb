import asyncio, os
from langchain_anthropic import ChatAnthropic
from mcp_use import MCPAgent, MCPClient

CONFIG = {
	"mcpServers": {
		"e2b": {"command": "npx", "args": ["-y", "@e2b/mcp-server"], "env": {"E2B_API_KEY": "⟦S env:e2b_{h:40}⟧"}},
		"neo4j": {
			"command": "uvx",
			"args": ["mcp-neo4j-cypher", "--db-url", "neo4j+s://⟦N {h:8}⟧.databases.neo4j.io", "--username", "neo4j", "--password", "⟦S arg-flag:{w:43}⟧"],
		},
		"local": {"command": "uvx", "args": ["mcp-neo4j-memory", "--password", "⟦N !password⟧"]},
	}
}


async def main():
	llm = ChatAnthropic(model="claude-sonnet-4-5", api_key="⟦S other:sk-ant-api03-{w:93}AA⟧")
	agent = MCPAgent(llm=llm, client=MCPClient.from_dict(CONFIG), max_steps=30)
	print(await agent.run("who knows whom?"))


asyncio.run(main())
