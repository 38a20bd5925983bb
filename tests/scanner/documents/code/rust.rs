let t = TokioChildProcess::new(Command::new("mcp-x").arg("-y").env("ACME_API_KEY", "⟦S env:{an:40}⟧"))?;
