// mcp
cmd := exec.Command("npx", "-y", "x")
cmd.Env = append(os.Environ(), "ACME_API_KEY=⟦S env:{an:40}⟧")
