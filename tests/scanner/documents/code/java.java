// mcp
var p = ServerParameters.builder("npx").args("-y", "x").addEnvVar("ACME_API_KEY", "⟦S env:{an:40}⟧").build();
