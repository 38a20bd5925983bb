// mcp
val p = ProcessBuilder("npx", "-y").apply { environment()["ACME_API_KEY"] = "⟦S env:{an:40}⟧" }
