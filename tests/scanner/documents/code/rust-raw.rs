use rmcp;
let c = r#"{"mcpServers": {"a": {"command": "x", "env": {"ACME_API_KEY": "⟦S env:{an:40}⟧"}}}}"#;
