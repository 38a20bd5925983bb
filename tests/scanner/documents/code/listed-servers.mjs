const c = new MCPClient({ servers: { a: { url: new URL('https://a.example/x?token=⟦S env:{an:40}⟧') } } });
