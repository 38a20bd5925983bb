import mcp, os
os.environ["ACME_API_KEY"] = "⟦S env:{an:40}⟧"
