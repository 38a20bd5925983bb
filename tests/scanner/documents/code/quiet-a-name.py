import mcp
x = sse_client(url, headers={"Authorization": f"Bearer {settings.access_token_1a2B3c4D}"})
