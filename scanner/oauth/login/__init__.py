"""One real login with the official MCP SDK, our own checks in front of it, and everything taken back afterwards."""
