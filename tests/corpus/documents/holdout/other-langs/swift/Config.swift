import MCP

enum Config {
  static let server = "https://mcp.acme.example/mcp"
  static let bundle = "⟦N {Ud:10}⟧.com.acme.notes"
  static let transport = HTTPClientTransport(endpoint: URL(string: server)!, requestModifier: { r in var r = r; r.setValue("Bearer ⟦S header-bearer:{jwt}⟧", forHTTPHeaderField: "Authorization"); return r })
}
