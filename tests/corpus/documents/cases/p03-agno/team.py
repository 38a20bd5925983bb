from textwrap import dedent

from agno.agent import Agent
from agno.models.openai import OpenAIChat
from agno.tools.mcp import MCPTools, MultiMCPTools

FIRECRAWL_API_KEY = "⟦S env@fire:fc-{h:32}⟧"
NOTION_VERSION = "2022-06-28"


async def run(question: str) -> None:
    async with MultiMCPTools(
        ["npx -y firecrawl-mcp", "npx -y @notionhq/notion-mcp-server"],
        env={
            "FIRECRAWL_API_KEY": FIRECRAWL_API_KEY,
            "OPENAPI_MCP_HEADERS": '{"Authorization": "Bearer ⟦S header-bearer:ntn_{d:11}{an:35}⟧", "Notion-Version": "2022-06-28"}',
        },
    ) as tools:
        agent = Agent(model=OpenAIChat(id="gpt-4o", api_key="⟦S other:sk-proj-{w:74}T3BlbkFJ{w:74}⟧"), tools=[tools], instructions=dedent("Answer shortly."))
        await agent.aprint_response(question, stream=True)


async def maps(question: str) -> None:
    async with MCPTools("npx -y @modelcontextprotocol/server-google-maps", env={"GOOGLE_MAPS_API_KEY": "⟦S env:AIzaSy{w:33}⟧"}) as tools:
        await Agent(tools=[tools]).aprint_response(question)
