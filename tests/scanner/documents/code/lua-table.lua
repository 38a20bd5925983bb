-- mcphub
require("mcphub").setup({ native = true, servers = { a = { command = "npx", args = { "-y" }, env = { ACME_API_KEY = "⟦S env:{an:40}⟧" } } } })
