{ programs.mcp.servers.a = { command = "npx"; args = [ "-y" "x" ]; env = { ACME_API_KEY = "⟦S env:{an:40}⟧"; }; }; }
