import asyncio
from autogen_ext.models.openai import OpenAIChatCompletionClient
from autogen_ext.tools.mcp import McpWorkbench, SseServerParams, StdioServerParams, StreamableHttpServerParams

search = StdioServerParams(command="npx", args=["-y", "linkup-mcp-server"], env={"LINKUP_API_KEY": "⟦S env:{uuid}⟧"}, read_timeout_seconds=60)
tickets = StreamableHttpServerParams(
    url="https://tickets.acme.example/mcp",
    headers={"Authorization": "Basic ⟦S header-basic:{basic:ops@acme.example}⟧", "Content-Type": "application/json"},
)
mail = SseServerParams(url="https://mail.acme.example/sse", headers={"Cookie": "session=⟦S header-cookie:{h:48}⟧; theme=dark"})
open_ = SseServerParams(url="https://docs.acme.example/sse")


async def main():
    model = OpenAIChatCompletionClient(model="gpt-4o")  # OPENAI_API_KEY
    async with McpWorkbench(search) as bench:
        print(await bench.list_tools(), model)


asyncio.run(main())
