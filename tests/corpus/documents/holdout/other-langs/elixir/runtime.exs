import Config

config :agent, Agent.MCP,
  transport: {:stdio, command: "npx", args: ["-y", "honeycomb-mcp"], env: %{"HONEYCOMB_API_KEY" => "⟦S env:hcaik_{ld:58}⟧"}}

config :agent, AgentWeb.Endpoint, secret_key_base: System.get_env("SECRET_KEY_BASE") || "⟦N !dev only⟧", live_view: [signing_salt: "⟦N {an:8}⟧"]
