# mcp
{:ok, c} = Hermes.start(transport: {:stdio, command: "npx", args: ["-y"], env: %{"ACME_API_KEY" => "⟦S env:{an:40}⟧"}})
