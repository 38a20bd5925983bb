package mcp
const sessionID = "⟦N {uuid}⟧"
var info = map[string]string{"Mcp-Session-Id": "⟦N {uuid}⟧", "ETag": "⟦N {h:40}⟧"}
