import mcp
r = session.call_tool('login', args={'token': '⟦N {an:40}⟧'})
