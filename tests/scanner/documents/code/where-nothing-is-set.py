import mcp, os
x = os.getenv("ACME_API_KEY", "⟦S env:{an:40}⟧")
