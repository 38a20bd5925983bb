import mcp
X = "⟦S env:ghp_{an:30}{chk-ghp}⟧"
