// mcp
val transport = StdioClientTransport(command = "npx", env = mapOf("ACME_API_KEY" to "⟦S env:{an:40}⟧", "A" to "b"))
val sse = SseClientTransport(client, "https://a.example/sse?api_key=⟦S url-query:{an:32}⟧")
