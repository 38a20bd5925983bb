from x import MultiServerMCPClient
c = MultiServerMCPClient({"a": {"url": U, "headers": {"X-API-Key": "⟦S header-bearer:{w:43}⟧"}}})
