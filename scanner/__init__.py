"""Find literal secrets in MCP configurations and judge them."""
