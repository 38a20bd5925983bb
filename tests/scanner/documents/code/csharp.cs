// mcp
var t = new StdioClientTransport(new() { Command = "npx", Arguments = ["-y", "x"],
  EnvironmentVariables = new Dictionary<string, string?> { ["ACME_API_KEY"] = "⟦S env:{an:40}⟧" } });
