from llama_index.tools.mcp import BasicMCPClient
http = BasicMCPClient("https://a.example/mcp", headers={"Authorization": "Bearer ⟦S header-bearer:{an:40}⟧"})
local = BasicMCPClient("npx", args=["-y", "brave-mcp"], env={"ACME_API_KEY": "⟦S env:{an:32}⟧"})
