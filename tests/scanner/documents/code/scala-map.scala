// mcp
val env = Map("ACME_API_KEY" -> "⟦S env:{an:40}⟧")
val p = MCPServerStdio(command = "npx", args = Seq("-y"), env = env)
