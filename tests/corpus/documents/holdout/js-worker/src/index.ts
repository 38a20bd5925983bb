import { McpAgent } from "agents/mcp";

type Env = { OPENAI_API_KEY: string; COOKIE_ENCRYPTION_KEY: string; GITHUB_CLIENT_ID: string; GITHUB_CLIENT_SECRET: string };

export class Bridge extends McpAgent<Env> {
  async init() {
    await this.addMcpServer("notes", "https://notes.acme.example/mcp", undefined, undefined, { transport: { headers: { Authorization: "Bearer ⟦S header-bearer:{an:40}⟧" } } });
    await this.addMcpServer("open", "https://open.acme.example/mcp", "⟦N !https://bridge.acme.example⟧");
  }
}

export default {
  fetch(request: Request, env: Env, ctx: ExecutionContext) {
    if (request.headers.get("authorization") !== `Bearer ${env.COOKIE_ENCRYPTION_KEY}`) return new Response("no", { status: 401 });
    return Bridge.serve("/mcp").fetch(request, env, ctx);
  },
};
