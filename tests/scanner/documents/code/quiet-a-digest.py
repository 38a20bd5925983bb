import mcp
DIGEST = "⟦N {h:64}⟧"
