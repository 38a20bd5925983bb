import mcp
api_key = "⟦N {an:40}⟧"
