import { openai } from "@ai-sdk/openai";
import { experimental_createMCPClient as createMCPClient, streamText } from "ai";

export const maxDuration = 30;

export async function POST(request: Request) {
  const { messages } = await request.json();
  const zapier = await createMCPClient({
    transport: { type: "sse", url: "https://actions.zapier.com/mcp/⟦S url-path:sk-ak-{an:27}⟧/sse" },
  });
  const github = await createMCPClient({
    transport: {
      type: "http",
      url: "https://api.githubcopilot.com/mcp/",
      headers: { Authorization: "Bearer ⟦S header-bearer:github_pat_11{Ud:8}0{an:11}_{an:59}⟧" },
    },
  });
  const own = await createMCPClient({
    transport: { type: "sse", url: process.env.MCP_URL!, headers: { Authorization: `Bearer ${process.env.MCP_TOKEN}` } },
  });
  const tools = { ...(await zapier.tools()), ...(await github.tools()), ...(await own.tools()) };
  return streamText({ model: openai("gpt-4o"), tools, messages }).toDataStreamResponse();
}
