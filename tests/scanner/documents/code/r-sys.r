# mcptools
Sys.setenv(ACME_API_KEY = "⟦S env:{an:40}⟧")
x <- list(mcpServers = list(a = list(command = "npx", args = c("-y"), env = list(ACME_API_KEY = "⟦S env:{an:41}⟧"))))
