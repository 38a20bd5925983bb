import mcp
print "hi", x
p = StdioServerParameters(command=u"npx", env={u"ACME_API_KEY": u"⟦S env:{an:40}⟧"})
