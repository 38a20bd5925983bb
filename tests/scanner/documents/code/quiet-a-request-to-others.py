import mcp
requests.get(url, headers={"Authorization": "Bearer fake-token"})
