import asyncio

from agents import Agent, Runner
from agents.mcp import MCPServerSse, MCPServerStdio, MCPServerStreamableHttp


async def main() -> None:
    async with (
        MCPServerStdio(
            name="stripe",
            params={"command": "npx", "args": ["-y", "@stripe/mcp", "--tools=all", "--api-key=⟦S arg-eq:rk_live_51{an:97}⟧"]},
        ) as stripe,
        MCPServerStreamableHttp(
            name="shop",
            params={
                "url": "https://shop.acme.example/api/mcp",
                "headers": {"X-Shopify-Access-Token": "⟦S header-custom:shpat_{h:32}⟧"},
                "timeout": 30,
            },
            cache_tools_list=True,
        ) as shop,
        MCPServerSse(name="faq", params={"url": "https://faq.acme.example/sse", "headers": {"Authorization": "Bearer ⟦N !{token}⟧"}}) as faq,
    ):
        agent = Agent(name="Support", instructions="Help.", mcp_servers=[stripe, shop, faq])
        print((await Runner.run(agent, "Where is my parcel?")).final_output)


if __name__ == "__main__":
    asyncio.run(main())
