"""What a remote MCP server really offers to log in with. Sends no credential, and goes nowhere it may not."""
