// mcp
var t = new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri("https://a.example"),
  AdditionalHeaders = new() { { "X-Api-Key", @"⟦S header-bearer:{w:43}⟧" } } });
