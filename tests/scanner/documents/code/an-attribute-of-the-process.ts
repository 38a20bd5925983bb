// mcp
process.env.ACME_API_KEY = '⟦S env:{an:40}⟧';
