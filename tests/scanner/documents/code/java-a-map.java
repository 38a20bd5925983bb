// mcp
var p = ServerParameters.builder("npx").env(Map.of("ACME_API_KEY", "⟦S env:{an:40}⟧")).build();
