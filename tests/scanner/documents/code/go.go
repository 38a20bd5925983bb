c, err := client.NewStdioMCPClient("npx", []string{"ACME_API_KEY=⟦S env:{an:40}⟧"}, "-y", "x")
